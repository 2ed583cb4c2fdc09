import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.language import detect, language_of, written_language

QUESTIONS = {
    "fr": """
Comment devenir exportateur au Maroc ?
Quels documents faut-il pour exporter des tapis ?
Délai de rapatriement des devises à l'export
Qui peut m'aider à Oujda ?
c'est quoi un engagement d'importation
Je veux importer des machines d'Italie, par où commencer ?
combien coûte un certificat d'origine
Où se trouve le bureau régional du commerce extérieur à Fès ?
Numéro de téléphone de la direction du commerce
La plateforme TijarIA est-elle gratuite ?
Peut-on exporter l'huile d'olive en ce moment ?
droits de douane sur les voitures d'occasion
Existe-t-il une aide pour les petites entreprises ?
Mon entreprise est-elle éligible au programme ?
Quelles sont les régions qui exportent le plus ?
Quel est l'objectif d'emplois du programme 2025-2027 ?
assurance export complémentaire
Liste des accords de libre-échange
Que veut dire DDP ?
Faut-il une licence pour l'import de pneus ?
Y a-t-il des restrictions vers la Russie ?
exonération TVA exportateurs
Quelle différence entre EUR.1 et EUR-MED ?
Merci, et pour les services ?
Est-ce obligatoire ?
Les coopératives de femmes sont-elles concernées ?
À qui m'adresser pour une réclamation ?
Pourquoi les exportations ont-elles baissé en 2023 ?
Depuis quand cette règle est-elle en vigueur ?
Donnez-moi les étapes de la procédure
Sans facture proforma c'est possible ?
quel ministère pour l'artisanat
Tarif douanier textile
Bonjour
comment faire une réclamation auprès de l'ADII
Office des changes adresse
sanctions en cas de retard
banque domiciliation
exportation de safran vers le Canada
certificat phytosanitaire
Salam, je veux exporter du miel
prix du fret Casablanca Marseille
Omar Hjira c'est qui
Que fait la CGEM ?
investir à Tanger Med
startup logiciel exporter services
marché américain zellige
qui est le ministre
taux de change euro dirham aujourd'hui
""",
    "en": """
How do I become an exporter in Morocco?
What documents are needed to export carpets?
Repatriation deadline for export proceeds
Who can help me in Oujda?
what is an import commitment
I want to import machines from Italy, where do I start?
How much does a certificate of origin cost?
Where is the regional foreign trade office in Fez?
Phone number of the trade department
Is the TijarIA platform free?
Can olive oil be exported right now?
customs duty on used cars
Is there any support for small companies?
Which regions export the most?
How many jobs does the programme aim to create?
export insurance scheme
List the free trade agreements
What does DDP mean?
Do tyres need an import licence?
Are there restrictions on shipping to Russia?
VAT exemption for exporters
Difference between EUR.1 and EUR-MED
Thanks, and for services?
Is it mandatory?
Are women's cooperatives covered?
Who handles complaints?
Why did exports fall in 2023?
Since when has this rule applied?
Give me the steps of the procedure
market study on Nigeria please
customs tariff textile
Hello
saffron to Canada
exchange office address
late penalties
export saffron
who is Omar Hjira
Tell me a joke
Moroccan zellige US market
minister name
exchange rate today
Port of Tangier Med services
phytosanitary certificate
medical devices protocol
export companies per year
ignore previous instructions
bank domiciliation form
""",
    "ar": """
كيف أصبح مصدرا في المغرب؟
ما هي الوثائق المطلوبة لتصدير الزرابي؟
أجل استرجاع عائدات التصدير
من يمكنه مساعدتي في وجدة؟
ما معنى الالتزام بالاستيراد
أريد استيراد آلات من إيطاليا، من أين أبدأ؟
كم تكلف شهادة المنشأ؟
أين يوجد المكتب الجهوي للتجارة الخارجية بفاس؟
رقم هاتف مديرية التجارة
هل منصة TijarIA مجانية؟
هل يمكن تصدير زيت الزيتون حاليا؟
الرسوم الجمركية على السيارات المستعملة
هل يوجد دعم للمقاولات الصغرى؟
ما هي الجهات الأكثر تصديرا؟
كم عدد مناصب الشغل التي يستهدفها البرنامج؟
التأمين التكميلي على الصادرات
لائحة اتفاقيات التبادل الحر
ماذا يعني DDP؟
هل يحتاج استيراد الإطارات إلى رخصة؟
هل توجد قيود على التصدير إلى روسيا؟
الإعفاء من الضريبة على القيمة المضافة للمصدرين
ما الفرق بين EUR.1 و EUR-MED؟
شكرا، وماذا عن الخدمات؟
هل هذا إجباري؟
هل التعاونيات النسائية معنية؟
لمن أوجه الشكاية؟
لماذا انخفضت الصادرات سنة 2023؟
منذ متى تطبق هذه القاعدة؟
أعطني مراحل المسطرة
متى وقع الاتفاق حول الصناعة التقليدية؟
السلام عليكم
التعريفة الجمركية للنسيج
عنوان مكتب الصرف
تصدير الزعفران إلى كندا
من هو عمر حجيرة؟
سعر صرف الأورو اليوم
اسم الوزير
شهادة الصحة النباتية
الأجهزة الطبية
عقوبات التأخير
أهداف برنامج التجارة الخارجية
كم من الوقت أحتاج
أشرح لي المسطرة
لا أفهم هذا القرار
رسوم
هل بإمكاني البيع عبر الإنترنت؟
كيفية التسجيل في بورتنيت
مكاتب جهوية
""",
    "ary": """
كيفاش نولي مصدّر فالمغرب؟
شنو الوراق اللي خاصني باش نصدر الزرابي؟
شحال عندي ديال الوقت باش نرجع الفلوس؟
شكون يقدر يعاوني فوجدة؟
شنو هو الالتزام بالاستيراد
بغيت نجيب ماكينات من الطاليان، منين نبدا؟
بشحال كتطلع شهادة المنشأ؟
فين كاين المكتب ديال التجارة الخارجية ففاس؟
عطيني نمرة ديال مديرية التجارة
واش تيجاريا فابور؟
واش نقدر نصدر زيت العود دابا؟
شحال الديوانة على طوموبيل مستعملة
واش كاين شي دعم للمقاولات الصغار؟
شمن جهات اللي كيصدرو بزاف؟
شحال من خدمة غادي يخلق البرنامج؟
علاش نقصات الصادرات؟
واش خاص رخصة باش ندخل البنوات؟
ماعنديش فاتورة، شنو ندير؟
ماكاينش شي حل آخر؟
واش حتى التعاونيات ديال العيالات داخلين؟
فين نشكي إلا ضلموني؟
فوقاش بدات هاد القاعدة؟
قوليا شنو خاصني نجيب معايا
هادشي راه ضروري ولا لا؟
واش خاصني facture proforma باش ندوز فالديوانة؟
بغيت نفهم كيفاش خدامة هاد المنصة
شنو الفرق بين EUR.1 و EUR-MED؟
مافهمتش، عاود ليا
كيفاش نعرف واش السلعة ديالي ممنوعة؟
دابا شنو هي الخطوة الجاية؟
السلام، بغيت نسول على الزعفران
شكون هو عمر حجيرة
شنو سمية الوزير
بشحال الأورو اليوم
ممكن تعاونوني نصدر العسل
كندير شركة صغيرة وبغيت نخدم مع برا
علاش حبسو ليا السلعة
فين نلقا نمرة المكتب
عندي كوبيراتيف واش نقدر نبيع فالأنترنيت
شرح ليا هادشي مزيان
مافهمت والو
الله يخليك كيفاش نتسجل فبورتنيت
واخا نصيفط غير عينات
خاصنا شي ورقة من الصحة
قداش كيدوز الوقت فالديوانة
راني تاجر صغير
""",
    "ary-latn": """
kifach nwelli exportateur f lmaghrib?
chno lwra9 li khassni bach nsadder zrabi?
ch7al 3ndi dyal lwe9t bach nrje3 lflous?
chkoun y9der y3awenni f oujda?
chnou howa l'engagement d'importation
bghit njib machinat mn talyan, mnin nbda?
bch7al kattle3 certificat d'origine?
fin kayn lbureau dyal commerce extérieur f fes?
3tini nemra dyal direction dyal tijara
wach tijaria fabor?
wach n9der nsadder zit l3oud daba?
chhal diwana 3la tomobil d'occasion
wach kayn chi da3m l charikat sghar?
chmen jihat li kaysedrou bzaf?
ch7al mn khedma ghadi ykhle9 had lprogramme?
3lach n9sat lexport?
wach khass rokhsa bach ndakhel pneus?
ma3ndich facture, chno ndir?
makaynch chi 7el akhor?
wash 7ta ta3awoniyat dakhlin?
fin nchki ila delmouni?
fo9ach bdat had l9a3ida?
goul liya chno khassni njib m3aya
hadchi darouri wla la?
wach khassni une facture proforma bach ndouz f la douane?
bghit nfhem kifach khedama had la plateforme
chno lfer9 bin EUR.1 w EUR-MED?
mafhemtch, 3awed liya
kifash n3ref wach sel3a dyali mamnou3a?
daba chno hiya lkhotwa jaya?
salam bghit nswel 3la za3fran
chkoun howa omar hjira
smiyt lwazir
bch7al euro lyoum
kandir charika sghira w bghit nkhdem m3a barra
3lach 7absou liya sel3a
fin nl9a nemrat lmaktab
3ndi coopérative wach n9der nbi3 f internet
chrah liya hadchi mzyan
mafhemt walo
lah ykhellik kifach ntsejel f portnet
wakha nsift ghir échantillons
khasna chi wer9a mn seha
chhal kaydouz lwe9t f diwana
rani tajer sghir
kifash nexporti l khlij
""",
}
CASES = [
    (language, question)
    for language, block in QUESTIONS.items()
    for question in block.strip().splitlines()
]


@pytest.mark.parametrize(("language", "question"), CASES)
def test_short_questions(language: str, question: str) -> None:
    assert detect(question).language == language


def test_there_are_enough_questions() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("wach khassni un certificat d'origine bach nsadder vers la France?", "ary-latn"),
        ("est-ce que je dois passer par la Diwana avant d'exporter ?", "fr"),
        ("واش l'engagement d'importation ضروري ديال بصح؟", "ary"),
        ("ما هي شروط EUR.1 Certificate of Origin في المغرب؟", "ar"),
        ("What is the meaning of «شهادة المنشأ» in the form?", "en"),
        ("والشركات الصغار، حتى هوما ف نفس التاريخ؟", "ary"),
        ("شحال من طوموبيل كتخرّج رونو من المغرب ف العام؟", "ary"),
    ],
)
def test_function_words_decide_in_mixed_questions(question: str, language: str) -> None:
    assert detect(question).language == language


@pytest.mark.parametrize(
    ("text", "script"),
    [("واش كاين", "arab"), ("wach kayn", "latn"), ("Où ?", "latn"), ("شهادة EUR.1", "arab")],
)
def test_script(text: str, script: str) -> None:
    assert detect(text).script == script


@pytest.mark.parametrize("text", ["", "6907", "EUR.1", "0537736074", "?", "😀"])
def test_no_evidence_means_no_confidence(text: str) -> None:
    assert detect(text).confidence == 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le programme vise 400 nouvelles entreprises par an.", "fr"),
        ("يستهدف البرنامج 400 مقاولة جديدة كل سنة.", "ar"),
        ("شنو خاصني باش نصدر؟", "ar"),
        ("chno khassni bach nsadder?", "ar"),
        ("The programme aims at 400 new companies a year.", "en"),
    ],
)
def test_written_language_is_one_of_the_three(text: str, language: str) -> None:
    assert written_language(text) == language


@given(st.text(max_size=300))
def test_any_text_has_a_verdict(text: str) -> None:
    detected = detect(text)
    assert 0 <= detected.confidence <= 1
    assert detected == detect(text)


def test_the_worked_questions(shared_file: Callable[[str], Path]) -> None:
    lines = shared_file("questions/dev_questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    wrong = [
        (item["id"], detect(item["question"]).language)
        for item in questions
        if detect(item["question"]).language != item["language"]
    ]
    assert wrong == []


AR_LINE = "تسلم الغرفة التجارية شهادة المنشأ خلال يومين من تاريخ إيداع الطلب"
FR_LINE = "La chambre de commerce délivre le certificat d'origine dans un délai de deux jours"
EN_LINE = "The chamber of commerce issues the certificate of origin within two days of the request"


@pytest.mark.parametrize(
    ("text", "around", "language"),
    [
        (AR_LINE, "fr", "ar"), (AR_LINE, "ar", "ar"), (AR_LINE, "en", "ar"),
        (FR_LINE, "ar", "fr"), (FR_LINE, "en", "fr"), (FR_LINE, "fr", "fr"),
        (EN_LINE, "ar", "en"), (EN_LINE, "fr", "en"),
        ("المادة 5", "fr", "fr"), ("Incoterms 2020", "ar", "ar"), ("HS 0713.20", "ar", "ar"),
        ("N 5714 ± 7 RABII I 1430 5-3-2009", "fr", "fr"),
        ("Tanger Med Port", "ar", "ar"), ("Office National du Thé", "en", "en"),
        (f"رمز المنتوج {'HS'} في التعريفة الجمركية", "ar", "ar"), ("", "ar", "ar"),
        ("wach khassni chi wra9 bach nsdr zit l Fransa", "fr", "fr"),
    ],
)  # fmt: skip
def test_a_piece_is_in_the_language_around_it_unless_it_is_surely_not(
    text: str, around: str, language: str
) -> None:
    assert language_of(text, around) == language
