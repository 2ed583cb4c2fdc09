"""Questions and notes with the identifiers that stand in them: ‹kind|number›.

All numbers are made up; those with check digits have right ones. Lines without a mark hold numbers
that belong to nobody: codes, laws, dates, amounts, references.
"""

import re
from dataclasses import dataclass

_MARK = re.compile(r"‹(?P<kind>[a-z]+)\|(?P<words>[^›]+)›")


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the identifiers in it: kind, start, end."""

    language: str
    text: str
    identifiers: tuple[tuple[str, int, int], ...]


def cases() -> tuple[Case, ...]:
    """All of them."""
    return tuple(
        _parsed(language, line)
        for language, block in (("fr", _FR), ("ar", _AR), ("en", _EN), ("ary", _ARY))
        for line in block.strip().splitlines()
    )


def _parsed(language: str, line: str) -> Case:
    text, found, position = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[position : mark.start()]
        found.append((mark["kind"], len(text), len(text) + len(mark["words"])))
        text += mark["words"]
        position = mark.end()
    return Case(language, text + line[position:], tuple(found))


_FR = """
écrivez à ‹email|a.b @ exemple.ma›, merci
Ma CIN est ‹cin|AB123456›, puis-je exporter en mon nom ?
CIN : ‹cin|BE 654321›, je voudrais m'inscrire au registre des exportateurs
titulaire de la carte nationale n° ‹cin|K123456›
Carte d'identité nationale numéro ‹cin|bk 765432›
Je suis ‹cin|JC445566›, quand passe mon dossier ?
CNIE ‹cin|EE12345› délivrée à Marrakech
cin:‹cin|bh123456›
Mon passeport ‹passport|AB1234567› expire en mars
passeport n° ‹passport|XY 765432›
L'ICE de ma société est ‹ice|001234567000062›, quelles démarches ?
ICE ‹ice|00 12 34 56 70 00 062›
ICE n° ‹ice|002987654000094› RC ‹rc|45678› IF ‹if|40123456› CNSS ‹cnss|1234567›
La facture porte le ‹ice|003111111000063›, est-ce suffisant ?
notre identifiant commun de l'entreprise : ‹ice|999001000151›
ice ‹ice|001234567000063› avec une faute de frappe
Identifiant fiscal : ‹if|40123456›
IF n° ‹if|1105432›
I.F. : ‹if|15 234 567›
mon IF est ‹if|40765432› et mon RC ‹rc|123456›
RC Casablanca ‹rc|123456›
RC de Rabat n° ‹rc|98765›
Société inscrite au registre de commerce de Tanger sous le n° ‹rc|45321›
inscrit au registre du commerce n° ‹rc|7788› à Agadir
RC: ‹rc|12345›, ‹rc|54321›
affiliation CNSS n° ‹cnss|8765432›
CNSS : ‹cnss|123456789›
sécurité sociale ‹cnss|198765432›
Mon RIB : ‹account|007 780 0001234567890123 96›
RIB ‹account|230810111122223333444419›
virement sur ‹account|011190000009988776655423› svp
IBAN ‹account|MA64 0077 8000 0123 4567 8901 2396›
Payez sur ‹account|MA64230810111122223333444419›.
mon numéro de compte ‹account|0001234567890123›
IBAN du client allemand : ‹account|DE89370400440532013000›
Carte bancaire ‹card|4000 0012 3456 7899›
je paie avec ‹card|5223000000000018›
carte visa n° ‹card|4000123412341235›
Appelez-moi au ‹phone|0661 23 45 67› demain
Tél. ‹phone|06.61.23.45.67›
mon numéro est ‹phone|0661234567›
GSM ‹phone|06-61-23-45-67›
fixe : ‹phone|0522-123456›
‹phone|+212 6 61 23 45 67›
‹phone|+212661234567› ou ‹phone|00212 661 234 567›
Joignable au ‹phone|(+212) 661234567›
téléphone ‹phone|661234567›
mon client à Paris, ‹phone|+33 1 42 68 53 00›
WhatsApp : ‹phone|+34 612 345 678›
Le 05 37 c'est Rabat ? moi c'est le ‹phone|0537 12 34 56›
Écrivez à ‹email|amina.b@exemple.ma›
mail:‹email|contact+export@societe-exemple.co.ma›, merci
‹email|a_b@exemple.com› / ‹phone|0770123456›
Quel est le code SH 0702000000 ?
Position tarifaire 0805.10.00.00 : quel droit de douane ?
code 0709600000 et 0810100000
Droits pour 0805100000 et 6109100000 ?
La nomenclature 0603.11.00.00 des roses
La loi n° 91-14 relative au commerce extérieur
loi 91.14, article 15
décret n° 2-22-312 du 11 juin 2025
Dahir n° 1-03-194 du 11 septembre 2003
circulaire n° 5930/222
DUM n° 309010202400012345A du 12/03/2024
DUM 300 010 2024 0001234 K
régime 010, bureau 309
La facture s'élève à 1 250 000 dirhams
Plus de 12 500 000 MAD d'exportations
une hausse de +12 500 000 dirhams
80 milliards de dirhams d'ici 2027
du 06.05.2025 12:30 au 07.05.2025
le 05-06-2025 et le 07/08/2025
En 2024, 0,5 % du PIB
registre de commerce depuis 2019
Le registre du commerce coûte 350 dirhams
inscription au RC en 2024
La CNSS demande 4,48 % du salaire
la CNSS a versé 500000 dirhams
carte nationale exigée depuis 2008
Le conteneur MSKU1234567 est au port
BL n° MAEU123456789
facture proforma N° 2024-000123
norme NM ISO 9001:2015
certificat EUR.1 A 123456
Incoterms 2020 : CIF ou FOB ?
accord du 15 juin 2004, 54 pays, 1,3 milliard de consommateurs
règlement (UE) 2023/956
code postal 20000 Casablanca
16 % de 24 000 tonnes
code-barres 6111234567897
Si 40123456 unités sont vendues ?
le compte convertible 2024 et la dotation de 100000 dirhams
Bonjour, je m'appelle Karim (CIN : ‹cin|D 876543›) et je veux exporter de l'argan
Mon n° de CIN c'est le ‹cin|CD998877›
J'ai une carte nationale ‹cin|GA123987› périmée, ça bloque ?
voici mon ICE 15 chiffres ‹ice|002765432000056›
SARL au capital de 100 000 dirhams, RC ‹rc|234567› Casablanca, IF ‹if|15432198›
ma boîte : RC ‹rc|34521› Fès, patente 12345678
N° d'affiliation à la CNSS ‹cnss|7651234›
numéro d'immatriculation CNSS de mon salarié : ‹cnss|187654321›
Veuillez virer à ‹account|350 010 1234512345123451 97›
mon RIB est le suivant : ‹account|350010123451234512345197›
mon GSM c'est ‹phone|06 12-34-56-78›
rappelez au ‹phone|05.22.98.76.54› (bureau) ou ‹phone|0661987654›
Vous pouvez me contacter sur ‹phone|+212 (0) 661 98 76 54›
envoyez le formulaire à ‹email|k.alami@argan-souss.ma› svp
mon identifiant fiscal, c'est ‹if|52341234›
notre IF : ‹if|3345678›, notre TP : 12345678
passeport marocain ‹passport|TF7654321›
carte de séjour n° C123456A
Les lignes 0811.90.00.00 et 2008.99 sont-elles libérées ?
La décision 1308/2023 et l'avis n° 12-24
au 31/12/2025, 1 USD = 9,95 MAD
Le prix FOB est de 0,75 EUR/kg
Le délai est de 120 jours à compter du 01/02/2026
contrat 2025/087 du lot B12
CIN de l'exportateur : ‹cin|W345678›
le gérant, titulaire de la CNIE ‹cin|AA12345›, souhaite exporter
Mon ICE est le suivant ‹ice|000999001000151›.
ICE: ‹ice|002.765.432.0000.56›
Nous sommes immatriculés au RC de Marrakech sous le numéro ‹rc|87654›
RC n°‹rc|1234› (Essaouira)
identifiant fiscal (IF) ‹if|20123456›
adhérent CNSS sous le n° ‹cnss|6543210›
compte n° ‹account|190780212112345678000123›
prière de joindre M. Alaoui au ‹phone|0668.77.66.55›
Tel/Fax : ‹phone|0535 65 43 21›
+ d'infos : ‹email|info@coop-safran.ma›
passeport N°‹passport|AB 7654321›
Déclaration n° 310 085 2025 0004521 C du 4 mars
Les positions 0713 et 0714
Facture 12/2025 de 45 678,90 DH
l'article 23 de la loi 15-95
chapitre 07, régime 022
Valeur : 0,65 à 0,70 €/kg
budget de 700 000 000 dirhams
"""

_AR = """
رقم بطاقتي الوطنية هو ‹cin|BE٧٦٥٤٣٢›
بطاقة التعريف الوطنية رقم ‹cin|AB123456›
حامل للبطاقة الوطنية ‹cin|K 123456›
أنا ‹cin|JC٤٤٥٥٦٦› متى يعالج ملفي؟
جواز السفر رقم ‹passport|AB١٢٣٤٥٦٧›
التعريف الموحد للمقاولة: ‹ice|٠٠١٢٣٤٥٦٧٠٠٠٠٦٢›
رقم المقاولة ‹ice|002987654000094› ما الإجراءات؟
المعرف الموحد للمقاولة ‹ice|٠٠٣١١١١١١٠٠٠٠٦٣›
التعريف الضريبي ‹if|٤٠١٢٣٤٥٦›
التعريف الجبائي رقم ‹if|40123456›
السجل التجاري رقم ‹rc|٤٥٦٧٨›
السجل التجاري بالدار البيضاء رقم ‹rc|123456›
مقيدة بالسجل التجاري تحت عدد ‹rc|٩٨٧٦٥›
رقم الضمان الاجتماعي ‹cnss|١٢٣٤٥٦٧٨٩›
الانخراط في الصندوق الوطني للضمان الاجتماعي رقم ‹cnss|7654321›
حسابي البنكي ‹account|٠٠٧٧٨٠٠٠٠١٢٣٤٥٦٧٨٩٠١٢٣٩٦›
رقم الحساب: ‹account|230810111122223333444419›
حولوا المبلغ إلى ‹account|MA64230810111122223333444419›
البطاقة البنكية ‹card|٤٠٠٠ ٠٠١٢ ٣٤٥٦ ٧٨٩٩›
رقم هاتفي ‹phone|٠٦٦١٢٣٤٥٦٧›
اتصلوا بي على ‹phone|0661-23-45-67›
هاتف: ‹phone|٠٦ ٦١ ٢٣ ٤٥ ٦٧›
واتساب ‹phone|+٢١٢٦٦١٢٣٤٥٦٧›
الهاتف ‹phone|+212 537 12 34 56›
نمرتي ‹phone|۰۶۶۱۲۳۴۵۶۷›
بريدي الإلكتروني ‹email|amina@exemple.ma›
راسلوني:‹email|export@societe.com›
شركتي: التعريف الموحد ‹ice|001555555000045›، السجل التجاري ‹rc|5566›، الهاتف ‹phone|0522123456›
ما هو البند التعريفي ٠٧٠٢٠٠٠٠٠٠؟
رمز النظام المنسق 0805100000
الرمز الجمركي 0709600000 و 0810100000
القانون رقم 91.14 المتعلق بالتجارة الخارجية
المرسوم رقم ٢.٢٢.٣١٢
ظهير شريف رقم 1.03.194
بلغت الصادرات ١٢ ٥٠٠ ٠٠٠ درهم
يستهدف البرنامج 80 مليار درهم بحلول 2027
من 2024/05/06 إلى 2025/07/08
في ٠٦/٠٥/٢٠٢٥
السجل التجاري 2024
رسوم السجل التجاري 350 درهما
البطاقة الوطنية إجبارية منذ 2008
الضمان الاجتماعي: 4,48 بالمائة
اتفاقية 15 يونيو 2004 مع 54 بلدا
تصدير 24000 طن من الطماطم
المادة 15 من مدونة الجمارك
رقم التصريح 300 010 2024 0001234
المقاولة لها 250 عاملا و 3000000 درهم
اسمي كريم ورقم بطاقتي ‹cin|D876543›
رقم تعريف المقاولة الموحد ‹ice|002765432000056›
رقم السجل التجاري لشركتنا هو ‹rc|٣٤٥٢١› بفاس
رقم الانخراط بالضمان الاجتماعي ‹cnss|7651234›
المرجو الاتصال بالرقم ‹phone|٠٦١٢٣٤٥٦٧٨›
للتواصل: ‹phone|0522987654›
راسلني على ‹email|k.alami@argan.ma›
رقم التعريف البنكي ‹account|350010123451234512345197›
رقم التعريف الضريبي لشركتي ‹if|52341234›
جواز سفري رقمه ‹passport|TF7654321›
الفصل 21 من القانون 15.95
حصة التصدير 24 000 طن سنة 2025
أجل 120 يوما ابتداء من 01/02/2026
البند 08.11.90.00.00
بطاقتي الوطنية للتعريف ‹cin|W345678›
صاحب البطاقة رقم ‹cin|AA12345›
رقم ICE هو ‹ice|000999001000151›
سجل تجاري عدد ‹rc|87654› بمراكش
المعرف الجبائي: ‹if|20123456›
رقم التسجيل في الضمان الاجتماعي ‹cnss|198712345›
الحساب البنكي رقم ‹account|007780000123456789012396›
اتصل بي: ‹phone|٠٦٦٨٧٧٦٦٥٥›
البريد: ‹email|info@coop.ma›
المادة 23 من القانون 15.95 والمرسوم 2.22.312
رقم الفاتورة 2025/123 بقيمة 45678 درهم
ارتفعت بنسبة 12,5 في المائة إلى 700 مليون درهم
"""

_EN = """
follow us on @chambre.ma and @asmex.org
My national ID is ‹cin|AB123456›, may I export in my own name?
ID card no. ‹cin|BE 654321›
Identity card ‹cin|K٧٦٥٤٣٢›
I am ‹cin|JC445566›, where is my file?
passport number ‹passport|AB1234567›
Our ICE is ‹ice|001234567000062›
The invoice shows ‹ice|002987654000094› at the bottom
common company identifier: ‹ice|00 31 11 11 10 00 063›
tax ID ‹if|40123456›
IF ‹if|40123456› and RC ‹rc|45678›
trade register of Casablanca, number ‹rc|123456›
commercial register no ‹rc|98765›
CNSS number ‹cnss|1234567›
social security: ‹cnss|198765432›
Wire it to ‹account|MA64 0077 8000 0123 4567 8901 2396›
my bank account ‹account|230810111122223333444419›
IBAN ‹account|GB82 WEST 1234 5698 7654 32›
credit card ‹card|4000 0012 3456 7899›
Amex ‹card|370000000000002›
Call me on ‹phone|+212 661 23 45 67›
phone: ‹phone|0661234567›
my UK buyer is on ‹phone|+44 20 7946 0958›
WhatsApp ‹phone|00212661234567›
reach me at ‹email|j.smith@example.co.uk›
‹email|sales@example.com›, ‹phone|+1 202-555-0143›
What is HS code 0702000000?
heading 0805.10.00.00, preferential rate?
HS 610910, HS610910 or SH610910?
Law 91-14 and decree 2-22-312
if 40123456 units are sold, what applies?
exports of 12 500 000 dirhams in 2024
growth of +12.500.000 dirhams
from 06.05.2025 12:30 until 07.05.2025
container MSKU1234567, seal 123456
bill of lading MAEU123456789
ISO 9001:2015 and EN 14683
Regulation (EU) 2023/956
trade register since 2019
registered in the trade register for 350 dirhams
a 1,000,000 euro order for 25 countries
GTIN 6111234567897
the agreement of 15 June 2004
account 571 of the chart
Hi, I'm Karim, CIN ‹cin|D876543›, can I export argan oil?
Our company ICE number: ‹ice|002765432000056›
Our RC is ‹rc|34521› in Fes
CNSS affiliation no. ‹cnss|7651234›
you can text me on ‹phone|0612345678›
my number is ‹phone|+212-661-98-76-54›
send it to ‹email|karim+eu@argan.co›
transfer to account no ‹account|350010123451234512345197›
our fiscal identifier is ‹if|52341234›
Moroccan passport ‹passport|TF7654321›
HTS 0811.90.80.80 and 2008.99
invoice 2025-0871, lot B12, seal 998877
by 31/12/2025 at a rate of 9.95
CNIE number is ‹cin|W345678›
the ICE (‹ice|000999001000151›) of the buyer
registered under RC ‹rc|87654› Marrakesh
tax identification number: ‹if|20123456›
my CNSS is ‹cnss|198712345›
our RIB: ‹account|007 780 000123456789012396›
mobile ‹phone|+212 668 77 66 55›
mail me, ‹email|info@coop-safran.ma›
his passport ‹passport|AB7654321› expires soon
chapters 0713 and 0714 of the tariff
invoice 12/2025 for 45,678.90 MAD
up 12.5% to 700 million dirhams
"""

_ARY = """
la cin dyali ‹cin|ab123456›
lcarta nationale dyali hiya ‹cin|BE 654321›
لاكارط ناسيونال ديالي ‹cin|AB١٢٣٤٥٦›
lbita9a lwataniya ra9m ‹cin|K123456›
لاكارط ديالي هي ‹cin|bk765432›
lpaspor dyali ‹passport|AB1234567›
الباسبور ديالي ‹passport|AB1234567›
lICE dyal charika ‹ice|001234567000062›
l ICE dyali howa ‹ice|002987654000094›
التعريف الموحد ديال الشركة ‹ice|001555555000045›
l'IF dyali ‹if|40123456›
IF dyalna ‹if|40765432›
RC dyali ‹rc|45678› f Casa
السجل التجاري ديالي رقم ‹rc|٤٥٦٧٨›
CNSS dyali ‹cnss|123456789›
الضمان الاجتماعي ديالي ‹cnss|123456789›
RIB dyali ‹account|230810111122223333444419›
sifet lia flous f ‹account|007780000123456789012396›
الحساب ديالي ‹account|٢٣٠٨١٠١١١١٢٢٢٢٣٣٣٣٤٤٤٤١٩›
nemra dyali ‹phone|0661234567›
nmrti ‹phone|06 61 23 45 67› 3eyet lia
عيط ليا على ‹phone|٠٦٦١٢٣٤٥٦٧›
نمرتي ‹phone|0770 12 34 56›
tel dyali ‹phone|661234567›
whatsapp ‹phone|+212770123456›
l'email dyali ‹email|hamid@exemple.ma›
sifet lia f ‹email|hamid.export@gmail.com› wla f ‹phone|0612345678›
chhal ldiwana dyal code 0702000000 ?
kod SH 0805100000 w 0709600000
بشحال الديوانة ديال رمز 0702000000
9anoun 91-14 dyal tijara lkharijiya
bghit nsedder 24000 kg dyal matecha
chhal f 2024 w 2025, 12 500 000 dirham
بغيت نصدر 3000000 درهم ديال الزليج
شحال كتسوى RC ف 2024
la carte nationale wajba mn 2008
lconteneur MSKU1234567 fin wsel
ana 3ndi 15 3am f had lkhedma
خاصني السجل التجاري بـ 350 درهم
nhar 06/05/2025 f 12:30
smiti Karim, la carte nationale ‹cin|D876543›
ICE dyal charika dyali ‹ice|002765432000056›
RC dyal charika ‹rc|34521› f Fes
numero dyal CNSS ‹cnss|7651234›
dwi m3aya f ‹phone|0612345678›
لاسيين ديالي ‹cin|D876543›
نمرة ديال الريب ‹account|350010123451234512345197›
IF dyal charika ‹if|52341234›
بعت ليا ف ‹email|karim@argan.ma›
chhal lwe9t mn 01/02/2026 l 31/12/2026
lakart dyali ‹cin|W345678›
n9der nsifet likom lICE ‹ice|000999001000151› ?
3ndi RC ‹rc|87654› f Marrakech
tilifoun dyali ‹phone|0668776655›
التيليفون ديالي هو ‹phone|0668 77 66 55›
نمرة لاكارط ‹cin|W345678›
رقم CNSS ديالي ‹cnss|198712345›
chhal kay9der ykoun taman dyal 700 kg?
"""
