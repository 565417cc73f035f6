"""What every deployment of Lectern shares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dashboard.settings import env
from dashboard.settings.home import BASE_DIR, LECTERN_HOME
from dashboard.settings.logs import *  # noqa: F403
from dashboard.settings.security import *  # noqa: F403
from dashboard.settings.services import *  # noqa: F403
from dashboard.settings.uploads import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_celery_beat",
    "courses.apps.CoursesConfig",
    "inference.apps.InferenceConfig",
    "dashboard.apps.DashboardConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dashboard.middleware.TimeZoneMiddleware",
    "dashboard.middleware.PolicyDeniedMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "dashboard.urls"
ASGI_APPLICATION = "dashboard.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "dashboard.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

AUTH_USER_MODEL = "courses.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "dashboard" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = LECTERN_HOME / "static"
# Browser packages come from npm by the lock file; only the folders that pages use are served.
_NPM = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    ("vendor/plotly", _NPM / "plotly.js-cartesian-dist-min"),
    ("vendor/tus", _NPM / "tus-js-client" / "dist"),
    ("vendor/htmx", _NPM / "htmx.org" / "dist"),
    ("vendor/inter", _NPM / "@fontsource-variable" / "inter"),
    ("vendor/lucide", _NPM / "lucide-static" / "icons"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "dashboard.api.errors.handle",
}
CSRF_FAILURE_VIEW = "dashboard.api.errors.csrf_failed"
SPECTACULAR_SETTINGS = {"TITLE": "Lectern", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# How a recording is analysed unless its course says otherwise.
ANALYSIS_SAMPLE_FPS = 1.0
ANALYSIS_PART_S = 60.0
# Individual runs that are longer are cut into stretches, which several workers read; 0: never.
ANALYSIS_SPLIT_S = env.integer("LECTERN_SPLIT_S", 0)
# Samples a second of the eyes alone, for blinks; 0: none, and blinks are "not measurable". Decoding then takes longer.
ANALYSIS_EYES_FPS = float(env.choice("LECTERN_EYES_FPS", among=("0", "12", "15", "25")))
ANALYSIS_DEVICE = env.text("LECTERN_DEVICE", "auto")
# Which network reads the seven basic emotions where the policy chose them.
ANALYSIS_BASIC_NETWORK = env.choice("LECTERN_BASIC_NETWORK", among=("ds_efficientnet", "cnn_lstm", "cnn_lstm_windows"))
# Whether names on tiles are read, which needs the program tesseract.
ANALYSIS_READ_NAMES = env.flag("LECTERN_READ_NAMES", default=False)
RUN_LEASE_S = env.integer("LECTERN_RUN_LEASE_S", 60, least=3)
MINIMUM_PEOPLE = env.integer("LECTERN_MINIMUM_PEOPLE", 5, least=3)
