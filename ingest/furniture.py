"""Furniture: the words by which a line is known as share button, menu, banner, form or footer.

French, Arabic and English; the patterns read folded text and know no particular site.
"""

import re
from typing import Literal

Furniture = Literal[
    "share",
    "navigation",
    "rubric",
    "label",
    "comment-form",
    "copyright",
    "cookies",
    "page-furniture",
    "related",
]


def known_furniture(folded: str) -> Furniture | None:
    """What a folded line, its surrounding marks taken off, is by its words alone."""
    if len(folded) > _LONGEST:
        return None
    return next((reason for reason, known in _KNOWN if known.fullmatch(folded)), None)


def heads_related(folded: str) -> bool:
    """Whether a folded line announces links to other pages."""
    return _RELATED_HEAD.fullmatch(folded) is not None


_LONGEST = 300

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
    r"|(?:send|email)(?: this)? (?:to a friend|page)|print(?: this)? page|(?:text|font) size"
    r"|envoyer (?:a un ami|par e-?mail)|imprimer (?:la|cette) page|version imprimable"
    r"|taille d(?:u texte|e (?:la )?police)|(?:ارسل|ارسال) (?:الي صديق|بالبريد الالكتروني)"
    r"|(?:طباعه|اطبع) (?:هذه )?الصفحه|نسخه للطباعه|حجم (?:الخط|النص)"
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
    r"|(?:(?:you are here|vous etes ici|انت هنا) ?:? ?)?(?:home|accueil|الرييسيه) ?[>/|».›].{0,150}"
    r"|(?:you are here|vous etes ici|انت هنا)|accessibilite|accessibility|امكانيه الولوج"
    r"|(?:changer de|choisir la) langue|تغيير اللغه"
    r"|(?:francais|العربيه|english)(?: ?[|/·-] ?(?:francais|العربيه|english|ⵜⴰⵎⴰⵣⵉⵖⵜ))+"
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
    r"|احفظ اسمي.*|characters? (?:left|remaining) ?:? ?\d*|caracteres? restants? ?:? ?\d*"
)
_COPYRIGHT = (
    r"(?=.{0,160}$).{0,120}(?:©|\(c\) ?(?:19|20)\d\d|copyright|all rights reserved"
    r"|tous droits reserves|(?:جميع|كل) الحقوق محفوظه).{0,120}"
)
_COOKIES = (
    r"(?=.{0,250}$)(?:we use|this (?:web)?site uses|nous utilisons|ce site utilise|نستخدم"
    r"|يستخدم هذا الموقع) .{0,200}(?:cookies|الكوكيز|ملفات تعريف الارتباط).{0,200}"
    r"|(?:accept|reject|decline)(?: all)?(?: cookies)?|(?:cookie|privacy) settings|manage consent"
    r"|(?:tout )?(?:accepter|refuser)(?: tout)?(?:(?: les)? cookies)?(?: et fermer)?"
    r"|continuer sans accepter"
    r"|(?:gerer|parametrer|personnaliser|gestion des) ?(?:mes|les|le)? ?(?:cookies|consentement)"
    r"|(?:قبول|رفض)(?: (?:الكل|جميع ملفات تعريف الارتباط))?"
    r"|(?:اعدادات|اداره|تخصيص) (?:ملفات تعريف الارتباط|الكوكيز|الموافقه|الخصوصيه)"
)
_PAGE = (
    r"page \d{1,4}(?: ?(?:/|sur|of|de) ?\d{1,4})?"
    r"|(?:ال)?صفحه (?:رقم )?\d{1,4}(?: ?(?:/|من|علي) ?\d{1,4})?"
)
_RELATED_LINK = (
    r"(?:read also|lire aussi|a lire aussi|voir aussi|اقرا ايضا|شاهد ايضا) ?: ?\S.{0,200}"
)
_KNOWN: tuple[tuple[Furniture, re.Pattern[str]], ...] = (
    ("share", re.compile(_SHARE)),
    ("navigation", re.compile(_NAVIGATION)),
    ("rubric", re.compile(rf"(?:(?:in|dans|posted in|publie dans|في|قسم) )?{_RUBRIC}")),
    ("label", re.compile(_LABEL)),
    ("comment-form", re.compile(_COMMENT_FORM)),
    ("copyright", re.compile(_COPYRIGHT)),
    ("cookies", re.compile(_COOKIES)),
    ("page-furniture", re.compile(_PAGE)),
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
