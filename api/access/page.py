"""The page at which staff sign in: a form that works without a script, in three languages."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Literal, get_args
from urllib.parse import urlencode

from ingest.errors import OverloadedError, SanadError

Language = Literal["fr", "ar", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_NAMES = {"fr": "Français", "ar": "العربية", "en": "English"}
_SHORT = {"fr": "Fr", "ar": "ع", "en": "En"}

_WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "title": "Espace des agents",
        "languages": "Langue de la page",
        "name": "Nom",
        "password": "Mot de passe",
        "enter": "Se connecter",
        "elsewhere": "Se connecter avec {}",
        "signed_in": "Connecté : {}",
        "go_on": "Continuer",
        "leave": "Se déconnecter",
        "sign_in_failed": "Le nom et le mot de passe ne correspondent pas.",
        "locked_out": "Trop d’essais ont échoué. Réessayez dans {} s.",
        "overloaded": "Trop de demandes en ce moment. Réessayez dans {} s.",
        "rate_limited": "Trop de demandes en une minute. Réessayez dans {} s.",
        "cross_site": (
            "Ce formulaire a expiré, ou son cookie n’est pas revenu : les cookies doivent être "
            "acceptés, et la page ouverte en https. Réessayez."
        ),
        "database_down": "La base de données est injoignable. Réessayez dans un moment.",
        "staff_not_set_up": (
            "Personne n’a encore d’accès. Sur la machine qui sert Sanad, lancez :"
        ),
        "issuer_failed": "Le service d’identité ne répond pas. Réessayez dans un moment.",
        "forbidden": "Votre compte n’a pas d’accès ici. Adressez-vous à l’administrateur.",
        "issuer_refused": "Le service d’identité n’a pas confirmé qui vous êtes. Recommencez.",
        "internal": "La connexion est impossible en ce moment.",
    },
    "ar": {
        "title": "فضاء الموظفين",
        "languages": "لغة الصفحة",
        "name": "الاسم",
        "password": "كلمة السر",
        "enter": "تسجيل الدخول",
        "elsewhere": "تسجيل الدخول عبر {}",
        "signed_in": "تم تسجيل الدخول باسم: {}",
        "go_on": "متابعة",
        "leave": "تسجيل الخروج",
        "sign_in_failed": "الاسم وكلمة السر غير متطابقين.",
        "locked_out": "فشلت محاولات كثيرة. أعد المحاولة بعد {} ثانية.",
        "overloaded": "الطلبات كثيرة حاليا. أعد المحاولة بعد {} ثانية.",
        "rate_limited": "الطلبات كثيرة في دقيقة واحدة. أعد المحاولة بعد {} ثانية.",
        "cross_site": (
            "انتهت صلاحية هذه الاستمارة أو لم يرجع ملف تعريف الارتباط: يجب قبول ملفات تعريف "
            "الارتباط وفتح الصفحة عبر https. أعد المحاولة."
        ),
        "database_down": "تعذر الاتصال بقاعدة البيانات. أعد المحاولة بعد قليل.",
        "staff_not_set_up": "لا أحد يملك حق الدخول بعد. على الجهاز الذي يشغل سند، نفذ الأمر:",
        "issuer_failed": "خدمة الهوية لا تجيب. أعد المحاولة بعد قليل.",
        "forbidden": "لا يملك حسابك حق الدخول هنا. اتصل بالمسؤول.",
        "issuer_refused": "لم تؤكد خدمة الهوية من أنت. أعد المحاولة من البداية.",
        "internal": "تسجيل الدخول غير ممكن حاليا.",
    },
    "en": {
        "title": "Staff sign-in",
        "languages": "Language of the page",
        "name": "Name",
        "password": "Password",
        "enter": "Sign in",
        "elsewhere": "Sign in with {}",
        "signed_in": "Signed in: {}",
        "go_on": "Continue",
        "leave": "Sign out",
        "sign_in_failed": "Name and password do not belong together.",
        "locked_out": "Too many attempts have failed. Try again in {} s.",
        "overloaded": "Too much is being asked at the moment. Try again in {} s.",
        "rate_limited": "Too much was asked within a minute. Try again in {} s.",
        "cross_site": (
            "This form has expired, or its cookie did not come back: cookies have to be accepted "
            "and the page opened over https. Try again."
        ),
        "database_down": "The database cannot be reached. Try again in a moment.",
        "staff_not_set_up": "Nobody has access yet. On the machine that serves Sanad, run:",
        "issuer_failed": "The identity service does not answer. Try again in a moment.",
        "forbidden": "Your account has no access here. Ask the administrator.",
        "issuer_refused": "The identity service did not confirm who you are. Begin again.",
        "internal": "Signing in is not possible at the moment.",
    },
}

_NAME_FIELD = (
    'id="name" name="name" required maxlength="64" autocomplete="username" dir="auto" '
    'autocapitalize="none" spellcheck="false"'
)
_HIDDEN_FIELD = (
    'id="password" name="password" type="password" required maxlength="256" dir="auto" '
    'autocomplete="current-password"'
)
_COMMAND = "sanad users add NAME --role admin"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page is drawn from: where it is, what it leads to, and the secret of its form."""

    language: Language
    root: str
    then: str
    secret: str
    issuer: str | None = None


def preferred(asked: str | None, accepted: str) -> Language:
    """The language asked for, else the first of Accept-Language that there is, else French."""
    wanted = [asked or "", *(part.partition(";")[0].strip()[:2] for part in accepted.split(","))]
    for one in wanted:
        for language in LANGUAGES:
            if one.lower() == language:
                return language
    return "fr"


def form(desk: Desk, problem: SanadError | str | None = None) -> str:
    """The page for somebody who is not signed in, and why they still are not."""
    words = _WORDS[desk.language]
    parts = [
        *_failure(words, problem),
        f'<form method="post" action="{escape(desk.root)}/sign-in">',
        _hidden(csrf=desk.secret, next=desk.then, lang=desk.language),
        f'<label for="name">{escape(words["name"])}</label>',
        f"<input {_NAME_FIELD}>",
        f'<label for="password">{escape(words["password"])}</label>',
        f"<input {_HIDDEN_FIELD}>",
        f'<button class="go">{escape(words["enter"])}</button>',
        "</form>",
    ]
    if desk.issuer:
        address = (
            f"{desk.root}/sign-in/oidc?{urlencode({'next': desk.then, 'lang': desk.language})}"
        )
        label = escape(words["elsewhere"]).format(f"<bdi>{escape(desk.issuer)}</bdi>")
        parts.append(f'<a class="go other" href="{escape(address)}">{label}</a>')
    return _page(desk, parts)


def welcome(desk: Desk, name: str) -> str:
    """The page for somebody who is signed in: on, or out."""
    words = _WORDS[desk.language]
    return _page(
        desk,
        [
            f"<p>{escape(words['signed_in']).format(f'<bdi>{escape(name)}</bdi>')}</p>",
            f'<a class="go" href="{escape(desk.then)}">{escape(words["go_on"])}</a>',
            f'<form method="post" action="{escape(desk.root)}/sign-out">',
            _hidden(csrf=desk.secret, lang=desk.language),
            f'<button class="go other">{escape(words["leave"])}</button>',
            "</form>",
        ],
    )


def _failure(words: dict[str, str], problem: SanadError | str | None) -> Iterable[str]:
    if problem is None:
        return
    code = problem if isinstance(problem, str) else problem.code
    text = escape(words.get(code, words["internal"]))
    if isinstance(problem, OverloadedError):
        text = text.format(f"<bdi>{problem.wait or 5}</bdi>")
    yield f'<div class="failure" role="alert"><p>{text}</p>'
    if code == "staff_not_set_up":
        yield f'<p><code dir="ltr">{_COMMAND}</code></p>'
    yield "</div>"


def _hidden(**values: str) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )


def _page(desk: Desk, parts: Iterable[str]) -> str:
    words = _WORDS[desk.language]
    choices = (
        f'      <a href="?{escape(urlencode({"lang": one, "next": desk.then}))}" lang="{one}" '
        f'aria-label="{_NAMES[one]}" aria-current="{str(one == desk.language).lower()}">'
        f"{_SHORT[one]}</a>"
        for one in LANGUAGES
    )
    return _template().substitute(
        language=desk.language,
        direction="rtl" if desk.language == "ar" else "ltr",
        title=escape(words["title"]),
        languages=escape(words["languages"]),
        root=escape(desk.root),
        choices="\n".join(choices),
        body="\n".join(f"    {part}" for part in parts),
    )


def _template() -> Template:
    text = files("api.access").joinpath("template", "sign-in.html").read_text(encoding="utf-8")
    return Template(text)
