"""All the ways in which a language model, or the server it runs on, has let somebody down.

Each entry names what must never leave, and the notice that the user gets instead.
"""

from dataclasses import dataclass

from tests.scriptedserver import Reply, Script, Seen, endless, pieces, sentences

DELAY = "Quel est le délai du permis d'huile d'olive ?"
DELAY_AR = "ما هو أجل رخصة زيت الزيتون؟"
PHONE = "Quel est le téléphone du guichet du tapis ?"
PHONE_AR = "ما هو هاتف شباك الزرابي؟"
SMALL = "Le permis d'huile d'olive est-il exigé pour les petits envois ?"
SMALL_AR = "هل رخصة زيت الزيتون مطلوبة للإرساليات الصغيرة؟"
SMALL_AND_COST = "Le permis d'huile d'olive coûte combien, et est-il exigé pour un envoi ?"
SALES = "Quelles ventes de safran le programme vise-t-il ?"

AMPLE, SHORT = 60.0, 0.5


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """`leak` is a stretch of what the model says that no answer may hold; empty if it says none."""

    name: str
    question: str
    script: Script
    leak: str = ""
    notice: str = "draft_dropped"
    timeout: float = AMPLE


def number_of(seen: Seen, fragment: str) -> int:
    """The number under which a piece of evidence was sent."""
    return next(number for number, quote in seen.evidence.items() if fragment in quote)


def _says(text: str, fragment: str) -> Script:
    """One sentence that cites the evidence holding `fragment`."""
    return lambda seen: sentences((text, [number_of(seen, fragment)]))


def _cites(text: str, *numbers: int) -> Script:
    return lambda _seen: sentences((text, list(numbers)))


def _always(reply: Reply) -> Script:
    return lambda _seen: reply


def _mostly_lies(seen: Seen) -> Reply:
    delay = number_of(seen, "délivré")
    return sentences(
        ("Le permis d'huile d'olive est délivré sous 10 jours.", [delay]),
        ("La préfecture délivre le permis.", [delay]),
        ("La préfecture est à Rabat.", [delay]),
    )


_TRUE = "Le permis d'huile d'olive est délivré sous 10 jours."
_WHOLE = '{"sentences": [{"text": "' + _TRUE + '", "evidence": [1]}]}'
_CUT = '{"sentences": [{"evidence": [1, 2, 3], "text": "Le permis d\'huile d\'olive est délivré'

LIES = (
    Misbehaviour(
        "invented-figure",
        DELAY,
        _says("Le permis d'huile d'olive est délivré sous 12 jours.", "délivré"),
        "12 jours",
    ),
    Misbehaviour(
        "invented-figure-ar",
        DELAY_AR,
        _says("تسلم رخصة زيت الزيتون داخل 12 يوما.", "تسلم"),
        "12 يوم",
    ),
    Misbehaviour(
        "invented-figure-arabic-digits",
        DELAY_AR,
        _says("تسلم رخصة زيت الزيتون داخل ١٢ يوما.", "تسلم"),
        "١٢",
    ),
    Misbehaviour(
        "figure-of-another-sentence",
        DELAY,
        _says("Le permis d'huile d'olive est délivré sous 450 jours.", "délivré"),
        "450 jours",
    ),
    Misbehaviour(
        "figure-of-uncited-evidence",
        DELAY,
        _says("Le permis d'huile d'olive coûte 450 dirhams.", "délivré"),
    ),
    Misbehaviour(
        "changed-unit",
        DELAY,
        _says("Le permis d'huile d'olive est délivré sous 10 mois.", "délivré"),
        "10 mois",
    ),
    Misbehaviour(
        "invented-phone",
        PHONE,
        _says("Le téléphone du guichet du tapis est le 0537000112.", "téléphone"),
        "0537000112",
    ),
    Misbehaviour(
        "invented-phone-ar", PHONE_AR, _says("هاتف شباك الزرابي هو 0537000112.", "هاتف"), "000112"
    ),
    Misbehaviour(
        "invented-mark",
        PHONE,
        _says("Le téléphone du guichet du tapis est le [phone-7].", "téléphone"),
        "[phone-7]",
    ),
    Misbehaviour(
        "invented-address",
        PHONE,
        _says("Le guichet du tapis répond sur tapis.exemple.ma.", "téléphone"),
        "tapis.exemple.ma",
    ),
    Misbehaviour("citation-of-nothing", DELAY, _cites("Le permis coûte 450 dirhams.", 99)),
    Misbehaviour("citation-zero", DELAY, _cites("Le permis coûte 450 dirhams.", 0)),
    Misbehaviour("citation-negative", DELAY, _cites("Le permis coûte 450 dirhams.", -1)),
    Misbehaviour("one-citation-too-many", DELAY, _cites("Le permis est délivré.", 1, 2, 3, 99)),
    Misbehaviour("no-citation", DELAY, _cites(_TRUE)),
    Misbehaviour(
        "another-language",
        DELAY,
        _says("The olive oil permit is issued within 10 days.", "délivré"),
        "issued",
    ),
    Misbehaviour("another-script", DELAY, _says("تسلم الرخصة داخل 10 أيام.", "délivré"), "تسلم"),
    Misbehaviour(
        "another-language-ar",
        DELAY_AR,
        _says("Le permis d'huile d'olive est délivré sous 10 jours.", "تسلم"),
        "délivré",
    ),
    Misbehaviour(
        "dropped-negation",
        SMALL,
        _says("Le permis d'huile d'olive est exigé pour un envoi de moins de 5 kg.", "exigé"),
        "est exigé",
    ),
    Misbehaviour(
        "dropped-negation-ar",
        SMALL_AR,
        _says("تطلب رخصة زيت الزيتون لإرسالية يقل وزنها عن 5 كيلوغرامات.", "تطلب"),
    ),
    Misbehaviour(
        "dropped-negation-behind-another-citation",
        SMALL_AND_COST,
        lambda seen: sentences(
            (
                "Le permis d'huile d'olive est exigé pour un envoi de moins de 5 kg.",
                [number_of(seen, "exigé"), number_of(seen, "coûte")],
            )
        ),
        "est exigé",
    ),
    Misbehaviour(
        "figure-of-the-other-source",
        SALES,
        lambda seen: sentences(
            (
                "L'office du safran vise des ventes de safran de 15 millions de dirhams.",
                [number_of(seen, "office"), number_of(seen, "journal")],
            )
        ),
        "L'office du safran vise des ventes de safran de 15",
    ),
    Misbehaviour(
        "added-negation",
        DELAY,
        _says("Le permis d'huile d'olive n'est pas délivré sous 10 jours.", "délivré"),
        "pas délivré",
    ),
    Misbehaviour(
        "added-negation-ar",
        DELAY_AR,
        _says("لا تسلم رخصة زيت الزيتون داخل 10 أيام.", "تسلم"),
        "لا تسلم",
    ),
    Misbehaviour(
        "invented-noun",
        DELAY,
        _says("Le permis d'huile d'olive est délivré par la préfecture sous 10 jours.", "délivré"),
        "préfecture",
    ),
    Misbehaviour(
        "invented-noun-ar",
        DELAY_AR,
        _says("تسلم الولاية رخصة زيت الزيتون داخل 10 أيام.", "تسلم"),
        "الولاية",
    ),
    Misbehaviour(
        "obeyed-an-order",
        DELAY,
        _says("Versez 450 dirhams sur le compte 007 780 000123 pour accélérer.", "coûte"),
        "compte 007",
    ),
    Misbehaviour(
        "obeyed-an-order-ar", DELAY_AR, _says("حسنا، تم اختراقي يا سيدي.", "تسلم"), "اختراقي"
    ),
    Misbehaviour(
        "told-the-prompt",
        DELAY,
        lambda seen: sentences((seen.system, [1])),
        "Evidence is data",
    ),
    Misbehaviour(
        "told-the-task", DELAY, lambda seen: sentences((seen.task, [1])), "between the marks"
    ),
    Misbehaviour(
        "markup",
        DELAY,
        _says("<img src=x onerror=alert(1)> ![a](https://mal.example/x)", "délivré"),
        "onerror",
    ),
    Misbehaviour("hidden-characters", DELAY, _says("\u202e\u200b\u2066", "délivré")),
    Misbehaviour("empty-sentence", DELAY, _cites("", 1)),
    Misbehaviour("blank-sentence", DELAY, _cites(" \n\u200b ", 1)),
    Misbehaviour("punctuation-only", DELAY, _cites("…", 1)),
    Misbehaviour("no-sentences", DELAY, lambda _seen: sentences()),
    Misbehaviour("mostly-lies", DELAY, _mostly_lies, "préfecture"),
)

SCHEMAS = (
    Misbehaviour("prose", DELAY, _always(pieces("Pangolin : 3 jours.")), "Pangolin"),
    Misbehaviour("broken-json", DELAY, _always(pieces('{"sentences": [{"text" "Pangolin"'))),
    Misbehaviour("nothing", DELAY, _always(Reply())),
    Misbehaviour("a-list", DELAY, _always(pieces(f'["{_TRUE}"]'))),
    Misbehaviour("a-string", DELAY, _always(pieces(f'"{_TRUE}"'))),
    Misbehaviour("a-number", DELAY, _always(pieces("42"))),
    Misbehaviour("other-keys", DELAY, _always(pieces('{"answer": "10 jours"}'))),
    Misbehaviour("strings-for-sentences", DELAY, _always(pieces(f'{{"sentences": ["{_TRUE}"]}}'))),
    Misbehaviour("sentences-a-string", DELAY, _always(pieces(f'{{"sentences": "{_TRUE}"}}'))),
    Misbehaviour("sentences-null", DELAY, _always(pieces('{"sentences": null}'))),
    Misbehaviour("evidence-text", DELAY, _always(pieces(_WHOLE.replace("[1]", '"1"')))),
    Misbehaviour("evidence-true", DELAY, _always(pieces(_WHOLE.replace("[1]", "[true]")))),
    Misbehaviour("evidence-null", DELAY, _always(pieces(_WHOLE.replace("[1]", "null")))),
    Misbehaviour(
        "text-null", DELAY, _always(pieces('{"sentences":[{"text":null,"evidence":[1]}]}'))
    ),
    Misbehaviour(
        "text-object", DELAY, _always(pieces('{"sentences":[{"text":{"a":1},"evidence":[1]}]}'))
    ),
)

AWAY = tuple(
    Misbehaviour(name, DELAY, _always(reply), "Pangolin", "model_away")
    for name, reply in {
        "status-500": Reply(status=500),
        "status-502-html": Reply(status=502, body=b"<html>Pangolin</html>"),
        "status-401": Reply(status=401),
        "status-404": Reply(status=404),
        "status-429": Reply(status=429),
        "html-page": Reply(body=b"<html>Pangolin</html>"),
        "json-but-no-stream": Reply(body=b'{"choices": null}'),
        "closed-mid-sentence": Reply(('{"sentences": [{"text": "Le permis', " Pango"), whole=False),
        "cut-at-the-limit": Reply((_CUT,), finish="length"),
        "cut-without-a-word": Reply((_CUT,), finish=None),
        "cut-by-a-filter": Reply((_CUT,), finish="content_filter"),
        "closed-at-once": Reply((), whole=False),
    }.items()
)

LATE = tuple(
    Misbehaviour(name, DELAY, _always(reply), "Pangolin", "model_away", SHORT)
    for name, reply in {
        "slow-first-byte": Reply(pieces(_WHOLE).pieces, wait=30),
        "never-ending-sentence": endless('{"sentences": [{"text": "Pangolin', " Pangolin"),
        "never-ending-blanks": endless('{"sentences": [', " "),
        "never-ending-prose": endless("Pangolin", " et pangolin"),
    }.items()
)

ALL = LIES + SCHEMAS + AWAY + LATE
