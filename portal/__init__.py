"""create_app(): the one place where the parts of the portal are wired together."""

import secrets
from typing import Any

from flask import Flask, Response, abort, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from portal import access, cli, db, errors, files, home, i18n, keys, lists, logs, memory, prepare, web
from portal.accounts import sessions
from portal.config import Config
from portal.drafts import keeping, places


class RowId(IntegerConverter):
    """An id in an address: larger ones than the database holds are no page."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=access.LARGEST_ID)


def create_app(config: Config | None = None) -> Flask:
    """The portal, its instance prepared (folder, key, schema). Raises ConfigError for a setting that is wrong."""
    config = config or Config.load()
    app = Flask(__name__, template_folder=str(web.ROOT / "templates"), static_folder=None)
    app.jinja_environment = web.Templates
    app.request_class = files.Sent
    _settings(app, config)
    app.url_map.converters["int"] = RowId
    logs.init_app(app, config)
    db.init_app(app, config, keys.prepare(config.instance))
    web.init_app(app)
    errors.init_app(app)
    memory.init_app(app)
    i18n.init_app(app)
    _logins(app)
    _blueprints(app)
    app.context_processor(home.context)
    app.before_request(_before)
    lists.init_app(app)
    keeping.init_app(app)
    cli.init_app(app)
    prepare.prepare(app, config)
    _static_files(app)
    access.check_declared(app)
    if config.proxies:
        count = config.proxies
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    return app


def _settings(app: Flask, config: Config) -> None:
    master = keys.prepare(config.instance)
    app.config.update(
        SECRET_KEY=keys.derive(master, "cookies").hex(),
        AUDIT_KEY=keys.derive(master, "audit"),
        FILES_KEY=keys.derive(master, "files"),
        DRAFTS_KEY=keys.derive(master, "drafts"),
        INSTANCE=str(config.instance),
        TIMEZONE=config.timezone,
        COUNTRY=config.country,
        IDLE_MINUTES=config.idle_minutes,
        SESSION_HOURS=config.session_hours,
        MAIL_SERVER=config.mail_server,
        MAIL_FROM=config.mail_from,
        PORTAL_URL=config.portal_url,
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.https,
        MAX_CONTENT_LENGTH=21 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="ru",
        BABEL_TRANSLATION_DIRECTORIES=str(web.ROOT / "portal" / "translations"),
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    cache = config.instance / "templates"
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(cache))


def _logins(app: Flask) -> None:
    CSRFProtect(app)
    manager = LoginManager(app)
    manager.session_protection = None
    manager.request_loader(lambda _request: sessions.load_user())


def _before() -> Any:
    """Number the request, and ask for a login wherever none is needed less."""
    g.request_number = secrets.token_hex(4)
    if request.script_root:
        abort(404)  # the portal stands at the root: addresses are worked out once for everybody
    if access.is_public() or current_user.is_authenticated:
        return None
    login = url_for("accounts.login", next=_asked_for())
    if web.is_fragment():
        return Response(status=401, headers={"HX-Redirect": login})
    return redirect(login, 303)


def _asked_for() -> str | None:
    """Where to go on after the login: the page, or the form that was sent, with what was typed into it.

    A button's own address is no page: on with the page that it stood on.
    """
    if request.method == "GET" or lists.asked():
        return request.full_path.rstrip("?")
    keeping.keep_for_expired_login()
    place = places.place_here()
    return places.goes_on(place) if place else places.came_from()


def _blueprints(app: Flask) -> None:
    from portal.accounts.views import bp as accounts
    from portal.alerts.views import bp as alerts
    from portal.clubs.guest_views import bp as guests
    from portal.clubs.stay_views import bp as stays
    from portal.clubs.views import bp as clubs
    from portal.consilium.views import bp as consilium
    from portal.contacts.views import bp as contacts
    from portal.deputies.views import bp as deputies
    from portal.diagnosis.views import bp as diagnosis
    from portal.drafts.views import bp as drafts
    from portal.exchange.past_views import bp as imports  # and with it those of .views
    from portal.exchange.register_views import bp as exchange
    from portal.families.views import bp as families
    from portal.family_files.giving_views import bp as family_files  # and with it those of .views
    from portal.home.views import bp as home_views
    from portal.intake.views import bp as intake
    from portal.jobs.views import bp as jobs
    from portal.journal.views import bp as journal
    from portal.mail.views import bp as mail
    from portal.norms.views import bp as norms
    from portal.papers.bulk_views import bp as bulk
    from portal.papers.name_views import bp as name_cases
    from portal.papers.template_views import bp as paper_templates
    from portal.papers.views import bp as papers
    from portal.patronage.emergency_views import bp as patronage  # and with it those of .views
    from portal.plans.views import bp as plans
    from portal.procedures.views import bp as procedures
    from portal.programs.views import bp as programs
    from portal.referrals.views import bp as referrals
    from portal.schedule.feed_views import bp as feeds
    from portal.schedule.views import bp as schedule
    from portal.settings.views import bp as settings

    for blueprint in (
        home_views,
        accounts,
        exchange,
        imports,
        families,
        name_cases,
        family_files,
        intake,
        consilium,
        patronage,
        contacts,
        norms,
        schedule,
        feeds,
        journal,
        diagnosis,
        plans,
        programs,
        referrals,
        alerts,
        deputies,
        procedures,
        clubs,
        guests,
        stays,
        papers,
        paper_templates,
        settings,
        mail,
        jobs,
        bulk,
        drafts,
    ):
        app.register_blueprint(blueprint)


def _static_files(app: Flask) -> None:
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(web.ROOT / "static"),
        prefix="static/",
        max_age=31536000,
        allow_all_origins=False,
        add_headers_function=_static_headers,
    )


def _static_headers(headers: Any, _path: str, _url: str) -> None:
    for name, value in web.HEADERS.items():
        headers[name] = value
