"""Models of courses, one subject a file."""

from courses.models.base import Institution, InstitutionModel
from courses.models.media import Recording, Upload
from courses.models.people import Enrollment, Student, User
from courses.models.policy import DeploymentPolicy, ExtraEstimates, Mode
from courses.models.references import Permission, ReferencePhoto
from courses.models.teaching import Course, Lecture, Segment

__all__ = [
    "Course",
    "DeploymentPolicy",
    "Enrollment",
    "ExtraEstimates",
    "Institution",
    "InstitutionModel",
    "Lecture",
    "Mode",
    "Permission",
    "Recording",
    "ReferencePhoto",
    "Segment",
    "Student",
    "Upload",
    "User",
]
