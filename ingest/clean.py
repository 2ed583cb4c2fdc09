"""Clean: what a page carries besides its text is taken out, and every line taken is recorded.

The rules know what share buttons, comment forms, menus, tickers and footers look like in French,
Arabic and English; they do not know any particular site. A contact line stays only right below
the paragraph that says whose it is: the others are reported as unattributed, for a number given to
the wrong body is worse than none.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ingest.contact import contact_kinds, is_contact_line
from ingest.fold import fold
from ingest.outline import is_paragraph

Reason = Literal[
    "share",
    "navigation",
    "rubric",
    "label",
    "comment-form",
    "related",
    "ticker",
    "copyright",
    "cookies",
    "repeated",
    "unattributed-contact",
]


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """A line that was taken out; `line` counts from 1 in the text that came in."""

    line: int
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left, blank lines folded to one, and what was taken out in the order of lines."""

    text: str
    removed: tuple[RemovedLine, ...]

    @property
    def unattributed(self) -> tuple[RemovedLine, ...]:
        """The contact lines of which nothing says whose they are."""
        return tuple(line for line in self.removed if line.reason == "unattributed-contact")


def clean(text: str) -> Cleaned:
    """Clean a text whose lines are already stripped. Cleaning twice changes nothing more."""
    kept = [_Line.of(number, line) for number, line in enumerate(text.split("\n"), 1)]
    removed: list[RemovedLine] = []
    while True:
        before = len(removed)
        for rule in _RULES:
            reasons = dict(rule([line for line in kept if line.text]))
            taken = [line for line in kept if line.number in reasons]
            removed += [RemovedLine(line.number, line.text, reasons[line.number]) for line in taken]
            kept = [line for line in kept if line.number not in reasons]
        if len(removed) == before:
            return Cleaned(_joined(kept), tuple(sorted(removed, key=lambda line: line.line)))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line by its number, as it is and as the rules compare it."""

    number: int
    text: str
    folded: str

    @classmethod
    def of(cls, number: int, text: str) -> "_Line":
        return cls(number, text, fold(text).strip(" :.|-*•·\"'>+"))


_Taken = Iterator[tuple[int, Reason]]
_Rule = Callable[[list[_Line]], _Taken]


def _joined(lines: Iterable[_Line]) -> str:
    text = "\n".join(line.text for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


# Lines known by their words

_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|telegram|instagram|youtube|pinterest|tiktok|messenger"
    r"|reddit|rss|e-?mail|print|imprimer|copy link|copier le lien|فيسبوك|تويتر|واتساب|تلغرام"
    r"|لينكدان|انستغرام|يوتيوب|طباعه|نسخ الرابط|البريد الالكتروني)"
)
_RUBRIC = (
    r"(?:business|economy|economie|politics|politique|society|societe|sports?|world|monde|culture"
    r"|news|actualites?|national|international|regions?|kingdom|royaume|maroc|morocco|finance"
    r"|entreprises?|high-?tech|opinions?|features?|breaking news|a la une|سياسه|اقتصاد|مجتمع|رياضه"
    r"|ثقافه|اخبار|وطني|وطنيه|دولي|دوليه|جهات|مال واعمال|المغرب|الرييسيه|منوعات|حوادث|تكنولوجيا)"
)
_SHARE = (
    r"(?:connect with|follow|join|find) us(?: on .{1,40})?"
    r"|(?:share|tweet|pin)(?: (?:this|it|on|via).{0,40})?"
    r"|(?:partager|partagez)(?: (?:sur|cet|l'article|via).{0,40})?"
    r"|(?:suivez|rejoignez)-? ?nous(?: sur.{1,40})?"
    r"|(?:شارك|مشاركه|انشر)(?: (?:المقال|الخبر|علي|عبر).{0,40})?"
    r"|(?:تابعونا|تابعنا|انضم الينا)(?: (?:علي|عبر).{1,40})?"
    rf"|{_NETWORK}(?:[ |,/·-]+{_NETWORK})*"
)
_NAVIGATION = (
    r"home|accueil|menu|القايمه|search|rechercher|recherche|بحث|skip to (?:main )?content"
    r"|aller au contenu(?: principal)?|back to top|(?:retour en )?haut de page|الي الاعلي"
    r"|read more|lire la suite|en savoir plus|voir plus|اقرا المزيد|المزيد|تابع القراءه"
    r"|next(?: article| post)?|previous(?: article| post)?|(?:article )?(?:suivant|precedent)"
    r"|التالي|السابق|log ?in|sign (?:in|up)|se connecter|connexion|s'inscrire|تسجيل الدخول"
    r"|subscribe(?: now)?|s'abonner|abonnez-vous|newsletter|اشترك(?: الان)?|النشره البريديه"
    r"|loading|chargement(?: en cours)?|جاري? التحميل|تحميل|advertisement|publicite|اعلان"
    r"|contact ?us|contactez-nous|اتصل بنا|about us|a propos|qui sommes-nous|من نحن"
    r"|privacy policy|politique de confidentialite|mentions legales|سياسه الخصوصيه|sitemap"
    r"|plan du site|terms (?:of use|and conditions)|conditions d'utilisation|شروط الاستخدام"
    r"|(?:[\w'-]+ ){0,3}(?:feed|newsfeed)|fil (?:info|d'actualites?)|اخر الاخبار|شريط الاخبار"
    r"|(?:home|accueil|الرييسيه) ?[>/|».›].{0,150}"
)
_LABEL = (
    r"published|publie(?: le| par)?|posted(?: on| by)?|updated|mis a jour(?: le)?|نشر(?: في)?"
    r"|تاريخ النشر|اخر تحديث|source|المصدر|[\d\s.,k]{1,9}(?:views?|vues?|مشاهده|مشاهدات)"
    r"|\d{1,3} ?(?:min(?:utes?)?|دقيقه|دقايق) ?(?:read|de lecture|للقراءه|قراءه)"
    r"|\d{0,5} ?(?:comments?|commentaires?|تعليقات|تعليق)"
)
_COMMENT_FORM = (
    r"leave a (?:reply|comment)(?: .{0,40})?|cancel reply|post (?:a )?comment|join the discussion"
    r"|laissez?r? un commentaire|annuler la reponse|publier le commentaire|ajouter un commentaire"
    r"|(?:اترك|اكتب|اضف) (?:تعليقا?|ردا?|تعليقك)(?: .{0,30})?|الغاء الرد|ارسال التعليق"
    r"|your e-?mail address will not be published.*|required fields are marked.*"
    r"|votre adresse e-?mail ne sera pas publiee.*|les champs obligatoires sont.*"
    r"|لن يتم نشر (?:عنوان )?بريدك.*|الحقول الالزاميه.*|save my name.*|enregistrer mon nom.*"
    r"|احفظ اسمي.*"
)
_COPYRIGHT = (
    r"(?=.{0,160}$).{0,120}(?:©|\(c\) ?(?:19|20)\d\d|copyright|all rights reserved"
    r"|tous droits reserves|(?:جميع|كل) الحقوق محفوظه).{0,120}"
)
_COOKIES = (
    r"(?=.{0,250}$)(?:we use|this (?:web)?site uses|nous utilisons|ce site utilise|نستخدم"
    r"|يستخدم هذا الموقع) .{0,200}(?:cookies|الكوكيز|ملفات تعريف الارتباط).{0,200}"
    r"|accept(?: all)?(?: cookies)?|(?:tout )?accepter(?: les cookies)?|قبول(?: الكل)?"
)
_RELATED_LINK = (
    r"(?:read also|lire aussi|a lire aussi|voir aussi|اقرا ايضا|شاهد ايضا) ?: ?\S.{0,200}"
)
_KNOWN: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    ("share", re.compile(_SHARE)),
    ("navigation", re.compile(_NAVIGATION)),
    ("rubric", re.compile(rf"(?:(?:in|dans|posted in|publie dans|في|قسم) )?{_RUBRIC}")),
    ("label", re.compile(_LABEL)),
    ("comment-form", re.compile(_COMMENT_FORM)),
    ("copyright", re.compile(_COPYRIGHT)),
    ("cookies", re.compile(_COOKIES)),
    ("related", re.compile(_RELATED_LINK)),
)
_RELATED_HEAD = re.compile(
    r"(?:you (?:may|might) (?:also|like).{0,20}|related (?:articles?|posts?|news|stories)|see also"
    r"|more (?:from|in|on) .{1,40}|trending(?: now)?|most (?:read|viewed)"
    r"|(?:a )?lire aussi|voir aussi"
    r"|articles? (?:similaires?|lies|connexes)|sur le meme (?:sujet|theme)|les plus lus"
    r"|vous aimerez aussi|اقرا ايضا|شاهد ايضا|(?:مواضيع|مقالات|اخبار) (?:ذات صله|مشابهه)"
    r"|قد (?:يعجبك|يهمك) ايضا|الاكثر قراءه)"
)


def _known(lines: list[_Line]) -> _Taken:
    for line in lines:
        folded = line.folded
        for reason, pattern in _KNOWN:
            if len(folded) <= _LONGEST_FURNITURE and pattern.fullmatch(folded):
                yield line.number, reason
                break


_LONGEST_FURNITURE = 300


# Lines known by where they stand


def _leading_label(lines: list[_Line]) -> _Taken:
    """A few words and a colon above the title announce a list that did not come along."""
    if len(lines) < 2 or lines[1].text.startswith(("-", "*", "•", "|")):
        return
    first = lines[0]
    if len(first.text.split()) <= 5 and first.text.endswith((":", "：")):
        yield first.number, "navigation"


def _related(lines: list[_Line]) -> _Taken:
    """The links below "you may also like", up to the next paragraph."""
    is_open = False
    for line in lines:
        if _RELATED_HEAD.fullmatch(line.folded):
            is_open = True
        elif is_open and (is_paragraph(line.text) or line.text.startswith("#")):
            is_open = False
        if is_open:
            yield line.number, "related"


def _tickers(lines: list[_Line]) -> _Taken:
    """Figures alone on their lines, and the short line above a run of them."""
    run: list[_Line] = []
    label: _Line | None = None
    for line in [*lines, _Line.of(0, "end")]:
        if _BARE_FIGURE.fullmatch(fold(line.text)):
            run.append(line)
            continue
        if len(run) >= 2 and label and not is_paragraph(label.text) and label is not lines[0]:
            yield label.number, "ticker"
        for figure in run:
            yield figure.number, "ticker"
        run, label = [], line


_BARE_FIGURE = re.compile(r"[-+▲▼(]*\s?\d[\d\s.,']{0,20}\s?%?[)▲▼]*")


def _repeated(lines: list[_Line]) -> _Taken:
    """A line that stood before word for word; short ones, rows and items may well repeat."""
    seen: set[str] = set()
    for line in lines:
        folded = line.folded
        if len(folded) < 20 or line.text.startswith("|") or is_contact_line(line.text):
            continue
        if folded in seen:
            yield line.number, "repeated"
        seen.add(folded)


def _contacts(lines: list[_Line]) -> _Taken:
    """Contact lines that no paragraph right above them explains.

    The first block below a paragraph is its own: one line of each kind. A kind that comes again
    starts another block, whose owner was lost; so was that of a block below a mere heading.
    """
    owned: set[str] = set()
    has_owner = False
    for line in lines:
        kinds = contact_kinds(line.text)
        if not kinds:
            has_owner, owned = is_paragraph(line.text), set()
            continue
        has_owner = has_owner and not kinds & owned
        owned |= kinds
        if not has_owner:
            yield line.number, "unattributed-contact"


_RULES: tuple[_Rule, ...] = (_contacts, _known, _leading_label, _related, _tickers, _repeated)
