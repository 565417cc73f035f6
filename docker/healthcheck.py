"""Ask the site in this container whether it lives; Django answers only to a host name that it knows."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
connection.request("GET", "/healthz", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].strip()})
sys.exit(connection.getresponse().status != http.HTTPStatus.OK)
