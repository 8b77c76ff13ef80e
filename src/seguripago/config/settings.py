"""Django's settings, from the typed environment."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.utils.csp import CSP

from seguripago.config.environment import database, read_environment
from seguripago.foundations import quick_lists

SEGURIPAGO = read_environment()
SOURCE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = SEGURIPAGO.secret_key
SECRET_KEY_FALLBACKS = list(SEGURIPAGO.previous_secret_keys)
ALLOWED_HOSTS = list(SEGURIPAGO.allowed_hosts)
ROOT_URLCONF = "seguripago.config.urls"
WSGI_APPLICATION = "seguripago.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/entrar/"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    *(
        f"seguripago.{floor}.{room.parent.name}"
        for floor in ("foundations", "journey")
        for room in sorted((SOURCE / floor).glob("*/apps.py"))
    ),
]
MIDDLEWARE = [
    "seguripago.web.sizes.SizeMiddleware",
    "seguripago.web.callers.CallerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "seguripago.web.origins.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "seguripago.web.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "seguripago.web.refusals.RefusalMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((SOURCE / "web").glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "seguripago.web.components.templatetags.sp",
            ],
            "libraries": {"sp": "seguripago.web.components.templatetags.sp"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "seguripago.web.language.chosen",
            ],
        },
    }
]

quick_lists.register()
DATABASES = {"default": database(SEGURIPAGO.database_url)}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", "Español"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "sp_idioma"
LOCALE_PATHS = [SOURCE / "locale"]
USE_TZ = True
TIME_ZONE = "America/Mexico_City"

STATIC_URL = "/static/"
STATIC_ROOT = SEGURIPAGO.data_dir / "static"
with suppress(OSError):
    # WhiteNoise warns of a folder that is not there; nothing is in it until `collectstatic`.
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = sorted((SOURCE / "web").glob("*/static"))
_collected = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _collected

_files = [SEGURIPAGO.files_origin] if SEGURIPAGO.files_origin else []
_assistant = [SEGURIPAGO.assistant_origin] if SEGURIPAGO.assistant_origin else []
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:", *_files],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF, *_assistant],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "report-uri": "/hooks/navegador/",
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
if SEGURIPAGO.behind_tls:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [SEGURIPAGO.base_url]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024

DEFAULT_FROM_EMAIL = "SeguriPago <avisos@seguripago.example>"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"keys": {"()": "seguripago.config.logs.WithoutKeys"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["keys"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
