package headers

import (
	"guestflow/importer/wordset"
)

// furtherAliases are headers as aliases has them, of further languages and as they are written, with bars between
// them.
var furtherAliases = []map[string]string{
	{ // English
		FirstName: "First|Given|Given name(s)|Preferred name|Known as|What is your first name?|What's your first name?",
		LastName:  "Last|First surname|Surname 1|Last name 1|What is your last name?|What's your last name?|What is your surname?",
		FullName: "Name (Last, First)|Name (Last First)|Full name (Last, First)|Name (surname, first name)|Name (surname first)|Name (last name first)|" +
			"Surname First|Surname first name|Surname, first name|Surname and first name|Last name first|Last First|Last, First|Last name, First name|Last name first name|" +
			"Name (First Last)|Name (First, Last)|First and last name|First name and last name|First Last|First name, Last name|" +
			"Contact name|Registrant|Registrant name|Your name|Name of guest|Name (first and last)|Invitee|Invitee name|" +
			"What is your name?|What's your name?|What is your full name?|Your full name",
		Email: "What's your email?|What's your email address?|Email ID|Your email|Your email address|What is your email?|What is your email address?|Primary email|Personal email|" +
			"Preferred email|User email|Registrant email|E-mail ID|Mail ID|Invitee email",
	},
	{ // German
		FirstName: "Vornamen|Vorname(n)|Vorname Gast",
		LastName:  "Nachnamen|Familien-Name|Name (Nachname)|Nachname Gast",
		FullName:  "Name des Gastes|Ganzer Name|Voller Name|Vor- und Zuname|Nachname, Vorname|Nachname Vorname|Vorname Nachname|Name Gast|Ihr Name",
		Email:     "Mail-Adresse|E-Mail Adresse|E-Mail des Gastes|Ihre E-Mail-Adresse",
		PlusOnes:  "Anzahl Begleitung|Begleitung (Anzahl)",
		Tags:      "Stichwörter|Stichworte|Kategorien",
	},
	{ // French
		LastName: "Nom de naissance|Nom patronymique",
		FullName: "Nom et prénom(s)|Prénom et nom(s)|Prénom Nom|Participants|Nom du participant|Nom de l'invité|Votre nom",
		Email:    "Votre e-mail|Mail du participant|Votre adresse e-mail|E-mail du participant",
		Tags:     "Libellés",
	},
	{ // Spanish
		FirstName: "Nombre(s)|Primer nombre",
		LastName:  "Apellido 1|1er apellido|Apellido paterno|Paterno|Apellido(s)|Apellidos del invitado",
		FullName:  "Nombre y apellido(s)|Apellidos y nombre|Apellido y nombre|Apellidos, nombre|Nombre del invitado|Asistente|Su nombre",
		Email:     "Correo-e|E-mail del invitado|Su correo electrónico|Mail del invitado",
	},
	{ // Italian
		LastName: "Cognomi",
		FullName: "Cognome e nome|Cognome nome|Cognome, nome|Nominativo|Nome del partecipante|Nome dell'ospite|Nome e cognome ospite|Invitato",
		Email:    "E-mail dell'ospite|La tua email",
	},
	{ // Portuguese
		FirstName: "Nome próprio|Primeiro nome",
		LastName:  "Apelidos|Último apelido|Sobrenomes",
		FullName:  "Nome do participante|Nome do convidado|Seu nome",
		Email:     "Correio eletrónico|Endereço eletrônico|Seu e-mail|E-mail do participante",
	},
	{ // Dutch
		OtherNames: "Voorvoegsel|Voorvoegsels|Tussenvoegsel(s)",
		FullName:   "Voor- en achternaam|Naam en voornaam|Voornaam en achternaam|Gast naam|Uw naam|Naam deelnemer",
		Email:      "E-mail adres|Uw e-mailadres|Mailadres deelnemer",
	},
	{ // Polish
		Email:    "Adres mailowy|Poczta e-mail|Twój e-mail",
		FullName: "Nazwisko i imię|Imię nazwisko|Twoje imię i nazwisko|Imię i nazwisko gościa",
	},
	{ // Swedish
		FirstName: "Förnamn|Tilltalsnamn|Dopnamn", LastName: "Efternamn|Släktnamn", OtherNames: "Mellannamn",
		FullName: "Namn|Fullständigt namn|För- och efternamn|Förnamn och efternamn|Gäst|Deltagare|Gästens namn|Ditt namn",
		Email:    "E-post|E-postadress|Mejl|Mejladress|Epost|Mailadress|Din e-post",
		PlusOnes: "Medföljande|Antal medföljande|Följeslagare",
		Notes:    "Anteckning|Anteckningar|Kommentarer|Anmärkning|Övrigt",
		Tags:     "Taggar|Etiketter|Nyckelord", Barcode: "Streckkod",
		ValidFrom: "Giltig från|Giltigt från", ValidTo: "Giltig till|Giltigt till",
	},
	{ // Danish and Norwegian
		FirstName: "Fornavn|Fornavne", LastName: "Efternavn|Etternavn|Slægtsnavn|Slektsnavn",
		OtherNames: "Mellemnavn|Mellomnavn",
		FullName: "Navn|Fulde navn|Fullt navn|For- og efternavn|For- og etternavn|Fornavn og etternavn|Fornavn og efternavn|" +
			"Gjest|Gæst|Deltager|Deltaker|Dit navn|Ditt navn",
		Email:    "E-mailadresse|Epost|E-postadresse|E-mail adresse|Din e-mail|Din e-postadresse",
		PlusOnes: "Ledsager|Ledsagere|Følge|Antal ledsagere|Antall følge",
		Notes:    "Bemærkning|Bemærkninger|Noter|Merknad|Merknader|Kommentarer",
		Tags:     "Etiketter|Stikord|Stikkord", Barcode: "Stregkode|Strekkode",
		ValidFrom: "Gyldig fra", ValidTo: "Gyldig til",
	},
	{ // Finnish
		FirstName: "Etunimi|Etunimet|Kutsumanimi", LastName: "Sukunimi",
		FullName: "Nimi|Koko nimi|Etu- ja sukunimi|Vieras|Osallistuja|Vieraan nimi|Sukunimi ja etunimi",
		Email:    "Sähköposti|Sähköpostiosoite|S-posti",
		PlusOnes: "Seuralaiset|Seuralainen|Avec",
		Notes:    "Huomautus|Huomautukset|Lisätiedot|Muistiinpanot|Kommentti|Kommentit",
		Tags:     "Tunnisteet|Avainsanat", Barcode: "Viivakoodi",
		ValidFrom: "Voimassa alkaen", ValidTo: "Voimassa asti",
	},
	{ // Czech and Slovak
		FirstName: "Křestní jméno|Krstné meno", LastName: "Příjmení|Priezvisko",
		FullName: "Jméno|Meno|Celé jméno|Celé meno|Jméno a příjmení|Meno a priezvisko|Příjmení a jméno|Priezvisko a meno|" +
			"Účastník|Jméno hosta|Meno hosťa",
		Email:    "E-mailová adresa|Emailová adresa",
		PlusOnes: "Doprovod|Sprievod|Počet doprovodu",
		Notes:    "Poznámka|Poznámky|Komentář|Komentár",
		Tags:     "Štítky|Štítek|Štítok|Značky", Barcode: "Čárový kód|Čiarový kód",
		ValidFrom: "Platí od|Platnost od|Platnosť od", ValidTo: "Platí do|Platnost do|Platnosť do",
	},
	{ // Hungarian
		FirstName: "Keresztnév|Utónév", LastName: "Vezetéknév|Családnév",
		FullName: "Név|Teljes név|Vendég|Vendég neve|Résztvevő|Résztvevő neve",
		Email:    "E-mail cím|Emailcím|Levelezési cím|Villámposta",
		PlusOnes: "Kísérők|Kísérő|Kísérők száma",
		Notes:    "Megjegyzés|Megjegyzések", Tags: "Címkék|Címke", Barcode: "Vonalkód",
		ValidFrom: "Érvényes ettől", ValidTo: "Érvényes eddig",
	},
	{ // Romanian
		FirstName: "Prenume|Prenumele|Nume mic", LastName: "Nume de familie|Numele de familie|Nume familie",
		FullName: "Nume|Nume complet|Nume și prenume|Prenume și nume|Numele și prenumele|Oaspete|Invitat|Participanți",
		Email:    "Adresă de e-mail|Adresa de e-mail|Adresă email|Poștă electronică",
		PlusOnes: "Însoțitori|Însoțitor|Număr de însoțitori",
		Notes:    "Observații|Mențiuni|Comentarii", Tags: "Etichete", Barcode: "Cod de bare",
		ValidFrom: "Valabil de la", ValidTo: "Valabil până la",
	},
	{ // Turkish
		FirstName: "Ad|Adı|Adınız|Ön ad|Ön adı|İlk ad", LastName: "Soyad|Soyadı|Soyadınız|Soyisim|Soyismi|Soy isim|Soy ad",
		FullName: "İsim|Ad Soyad|Adı Soyadı|Ad ve Soyad|İsim Soyisim|Tam ad|Misafir|Davetli|Katılımcı",
		Email:    "E-posta|Eposta|E-posta adresi|E-mail adresi",
		PlusOnes: "Refakatçi|Refakatçiler|Eşlik edenler",
		Notes:    "Notlar|Açıklama|Yorum|Yorumlar", Tags: "Etiketler", Barcode: "Barkod",
		ValidFrom: "Geçerlilik başlangıcı", ValidTo: "Geçerlilik bitişi",
	},
	{ // Greek
		FirstName: "Μικρό όνομα", LastName: "Επώνυμο|Επίθετο",
		FullName: "Όνομα|Ονοματεπώνυμο|Πλήρες όνομα|Όνομα και επώνυμο|Επώνυμο και όνομα|Καλεσμένος|Συμμετέχων",
		Email:    "Ηλεκτρονικό ταχυδρομείο|Διεύθυνση email|Ηλεκτρονική διεύθυνση|Διεύθυνση ηλεκτρονικού ταχυδρομείου",
		PlusOnes: "Συνοδοί", Notes: "Σημειώσεις|Παρατηρήσεις|Σχόλια", Tags: "Ετικέτες", Barcode: "Γραμμωτός κώδικας",
	},
	{ // Russian
		FirstName: "Имя гостя", LastName: "Фамилия|Фамилия гостя", OtherNames: "Отчество",
		FullName: "Имя|ФИО|Ф.И.О.|Полное имя|Имя и фамилия|Имя Фамилия|Фамилия и имя|Фамилия Имя|Фамилия, имя, отчество|" +
			"Фамилия Имя Отчество|Гость|Участник",
		Email:    "Электронная почта|Эл. почта|Почта|Адрес электронной почты|Эл. адрес|Имейл|E-mail гостя|Емейл",
		PlusOnes: "Сопровождающие|Количество сопровождающих",
		Notes:    "Примечание|Примечания|Комментарий|Комментарии|Заметки", Tags: "Теги|Метки", Barcode: "Штрихкод|Штрих-код",
		ValidFrom: "Действителен с|Действует с", ValidTo: "Действителен до|Действует до",
	},
	{ // Ukrainian
		FirstName: "Ім'я гостя", LastName: "Прізвище", OtherNames: "По батькові",
		FullName: "Ім'я|ПІБ|Повне ім'я|Ім'я та прізвище|Прізвище та ім'я|Прізвище Ім'я|Гість|Учасник|Прізвище, ім'я, по батькові",
		Email:    "Електронна пошта|Пошта|Ел. пошта|Електронна адреса|Адреса електронної пошти|Імейл",
		PlusOnes: "Супроводжуючі", Notes: "Примітка|Примітки|Коментар|Коментарі|Нотатки", Tags: "Мітки",
		Barcode: "Штрих-код гостя",
	},
	{ // Arabic
		FirstName: "الاسم الأول|الإسم الأول|الاسم الشخصي", LastName: "اسم العائلة|إسم العائلة|اللقب|الاسم الأخير|الكنية",
		FullName: "الاسم|الإسم|الاسم الكامل|الإسم الكامل|اسم الضيف|الضيف|المشارك|الاسم بالكامل",
		Email:    "البريد|البريد الإلكتروني|البريد الالكتروني|بريد إلكتروني|الإيميل|ايميل|عنوان البريد الإلكتروني",
		PlusOnes: "المرافقون|عدد المرافقين", Notes: "ملاحظات|ملاحظة|تعليقات", Tags: "وسوم|العلامات",
		Barcode: "الباركود|باركود",
	},
	{ // Hebrew
		FirstName: "שם פרטי", LastName: "שם משפחה",
		FullName: "שם|שם מלא|שם האורח|אורח|משתתף|שם פרטי ומשפחה|שם ושם משפחה",
		Email:    `אימייל|דוא"ל|דואר אלקטרוני|כתובת אימייל|כתובת דוא"ל|מייל|כתובת מייל`,
		PlusOnes: "מלווים|מספר מלווים", Notes: "הערות|הערה", Tags: "תגיות|תגים", Barcode: "ברקוד",
	},
	{ // Japanese
		FirstName: "名|お名前（名）|名前（名）|名（漢字）", LastName: "姓|氏|氏（漢字）|苗字|お名前（姓）|名前（姓）|姓（漢字）",
		FullName: "氏名|お名前|名前|ご芳名|参加者|参加者名|招待者|ゲスト|ゲスト名|フルネーム",
		Email:    "メール|メールアドレス|Eメール|Eメールアドレス|電子メール|電子メールアドレス|E-mailアドレス",
		PlusOnes: "同伴者|同伴者数", Notes: "備考|メモ|コメント", Tags: "タグ", Barcode: "バーコード",
		ValidFrom: "有効開始日", ValidTo: "有効期限",
	},
	{ // Chinese, in both scripts
		FirstName: "名字（名）", LastName: "姓氏",
		FullName: "姓名|名字|全名|嘉宾|嘉賓|来宾|來賓|参会人|参会者|客人|嘉宾姓名|宾客姓名|您的姓名|賓客姓名",
		Email:    "邮箱|电子邮箱|电子邮件|邮件|邮箱地址|电子邮件地址|電子郵件|電郵|信箱|電子信箱|電郵地址|電子郵件地址|郵箱|您的邮箱",
		PlusOnes: "随行人数|同行人数|隨行人數|同行人數", Notes: "备注|備註|附注|说明", Tags: "标签|標籤", Barcode: "条形码|条码|條碼",
		ValidFrom: "有效期开始|生效日期", ValidTo: "有效期至|失效日期",
	},
	{ // Vietnamese
		FirstName: "Tên gọi", LastName: "Họ và tên đệm|Họ đệm|Họ lót", OtherNames: "Tên đệm|Tên lót",
		FullName: "Họ và tên|Họ tên|Tên đầy đủ|Tên khách|Khách mời|Tên khách mời|Họ và tên khách",
		Email:    "Thư điện tử|Địa chỉ email|Hộp thư", Notes: "Ghi chú",
	},
	{ // Croatian, Serbian, Slovene, Bulgarian, Lithuanian, Latvian, Estonian, Indonesian, Thai, Catalan
		FirstName: "Ime|Име|Vardas|Vārds|Eesnimi|Nama depan|Nama pertama|Първо име|Собствено име|Лично име|Osobno ime|Eiginnafn|Fornafn|Emri|Izena|Isem|ชื่อ|ชื่อจริง|Nom de pila",
		LastName:  "Prezime|Priimek|Презиме|Фамилно име|Pavardė|Uzvārds|Perekonnanimi|Perenimi|Nama belakang|Nama akhir|Nama keluarga|Marga|นามสกุล|Cognoms|Cognom|Primer cognom|Фамилно|Eftirnafn|Kenninafn|Mbiemri|Abizena|Abizenak|Kunjom",
		FullName: "Ime i prezime|Prezime i ime|Ime in priimek|Име и фамилия|Vardas, pavardė|Vardas ir pavardė|Vārds, uzvārds|Vārds uzvārds|Ees- ja perekonnanimi|" +
			"Nama|Nama lengkap|ชื่อ-นามสกุล|ชื่อ นามสกุล|Nom i cognoms",
		Email: "E-pošta|E-mail adresa|Имейл адрес|El. paštas|E-pasts|E-pasta adrese|E-posti aadress|Meiliaadress|Alamat email|Surel|อีเมล|Correu electrònic|Netfang|Tölvupóstur|Tölvupóstfang",
		Notes: "Napomena|Opomba|Бележка|Pastabos|Piezīmes|Märkused|Catatan|หมายเหตุ",
	},
	{ // Korean
		FirstName: "이름(명)", LastName: "성|성씨",
		FullName: "이름|성명|성함|참가자|참석자|참가자명|참석자명|게스트|손님",
		Email:    "이메일|이메일 주소|메일|전자우편|메일 주소|이메일주소",
		PlusOnes: "동반자|동반 인원|동반자 수", Notes: "비고|메모|참고", Tags: "태그", Barcode: "바코드",
	},
	{ // Croatian, Serbian, Slovene, in both scripts
		FirstName: "Ime gosta|Ime sudionika|Ime udeleženca|Ime učesnika",
		LastName:  "Prezime gosta|Prezime sudionika|Priimek gosta|Priimek udeleženca|Prezime učesnika",
		FullName: "Puno ime|Polno ime|Priimek in ime|Ime in priimek udeleženca|Ime in priimek gosta|Ime i prezime gosta|Ime i prezime sudionika|Име и презиме|Презиме и име|" +
			"Пуно име",
		Email: "Elektronička pošta|Adresa e-pošte|Adresa elektroničke pošte|E-mail gosta|E-naslov|Elektronski naslov|Elektronska pošta|E-poštni naslov|" +
			"Naslov e-pošte|Email naslov|Adresa elektronske pošte|Електронска пошта|Е-пошта|Имејл|Имејл адреса",
		Notes: "Napomene|Opombe|Напомена|Напомене", Tags: "Oznake",
	},
	{ // Latvian, Lithuanian, Estonian
		FullName: "Vārds un uzvārds|Uzvārds, vārds|Uzvārds un vārds|Pilns vārds|Viesa vārds, uzvārds|Pavardė, vardas|Pavardė ir vardas|Pavardė vardas|Pilnas vardas|Svečio vardas ir pavardė|" +
			"Täisnimi|Täielik nimi|Perekonna- ja eesnimi|Osaleja nimi|Külalise nimi",
		Email: "Elektroniskais pasts|Epasta adrese|Elektroninis paštas|El. pašto adresas|Elektroninio pašto adresas|El. p.|Meil|Meiliaadress|Elektronpost|Emaili aadress",
		Notes: "Piezīme|Pastaba|Märkus",
	},
	{ // Bulgarian
		FirstName: "Кръстно име", OtherNames: "Бащино име",
		FullName: "Пълно име|Име, фамилия|Име Фамилия|Трите имена|Три имена|Име на госта",
		Email:    "Електронна поща|Ел. поща|Е-поща|Електронен адрес|И-мейл|Мейл|Имейл адрес на госта",
		Notes:    "Бележки|Забележка|Забележки|Коментар|Коментари",
	},
	{ // Romanian, Hungarian, Greek, Turkish, Ukrainian
		FullName: "Numele|Numele complet|Nume invitat|Numele invitatului|Όνομα Επώνυμο|Επώνυμο Όνομα|Όνομα, Επώνυμο|Όνομα καλεσμένου|Adınız Soyadınız|İsim Soyad|Adı ve Soyadı|" +
			"İsim Soy isim|Ad ve Soyadı|Прізвище, ім'я|Ім'я Прізвище|Повне ім'я гостя",
		Email: "Adresa de mail|Adresă de mail|E-mailul|Drótposta|E-mail címe|Email címe|Ηλ. ταχυδρομείο|Ηλεκτρ. ταχυδρομείο|Διεύθυνση e-mail|Mail adresi|Mail adresiniz|E-posta adresiniz|" +
			"Elektronik posta|E-postanız|Електронна скринька|Е-пошта|Емейл|Ел. адреса|Адреса e-mail",
	},
	{ // Vietnamese, Indonesian, Malay, Thai
		FirstName: "Nama awal", LastName: "สกุล",
		FullName: "Nama penuh|Nama tamu|Nama peserta|Nama tetamu|Nama lengkap peserta|ชื่อ-สกุล|ชื่อเต็ม|ชื่อและนามสกุล|ชื่อผู้เข้าร่วม|Họ và tên khách mời|Tên người tham dự",
		Email: "Địa chỉ e-mail|Địa chỉ thư điện tử|Email liên hệ|E-mel|Emel|Alamat e-mel|Alamat e-mail|Alamat surel|Email peserta|" +
			"ที่อยู่อีเมล|อีเมลล์|อีเมลผู้เข้าร่วม",
		Notes: "Catatan tambahan|Nota tambahan",
	},
	{ // Hebrew and Arabic
		FullName: "שם פרטי ושם משפחה|שם המשתתף|الاسم الثلاثي|الاسم الرباعي|اسم المشارك|الاسم واللقب",
		Email:    "כתובת דואר אלקטרוני|אי-מייל|כתובת אי-מייל|عنوان البريد الالكتروني|الايميل",
	},
	{ // Persian, with its letters and with the Arabic ones
		FirstName: "نام کوچک|نام كوچك|اسم کوچک", LastName: "نام خانوادگی|نام خانوادگي|فامیلی|فامیل",
		FullName: "نام|نام کامل|نام كامل|نام و نام خانوادگی|نام و نام خانوادگي|نام مهمان|نام شرکتکننده",
		Email:    "ایمیل|ايميل|پست الکترونیک|پست الکترونیکی|پست الكترونيك|پست الكترونيكي|رایانامه|آدرس ایمیل|نشانی ایمیل|نشانی پست الکترونیکی",
		PlusOnes: "تعداد همراهان", Notes: "توضیحات|یادداشت|ملاحظات", Tags: "برچسبها|برچسب", Barcode: "بارکد",
	},
	{ // Hindi
		FirstName: "पहला नाम|प्रथम नाम", LastName: "अंतिम नाम|कुलनाम|सरनेम",
		FullName: "नाम|पूरा नाम|अतिथि का नाम|मेहमान का नाम|प्रतिभागी का नाम",
		Email:    "ईमेल|ई-मेल|ईमेल पता|ई-मेल पता|ईमेल आईडी|ई-मेल आईडी", Notes: "टिप्पणी|टिप्पणियाँ|टिप्पणियां",
	},
}

// bareNames are headers of full names that stand for the one part beside a column of the other.
var bareNames = wordset.Phrases(`Name|Naam|Namn|Navn|Nimi|Név|Nume|Jméno|Meno|İsim|Όνομα|Имя|Ім'я|الاسم|الإسم|שם|名前|お名前|
	名字|이름|Numele|نام|नाम`)

// exactHeaders are headers that without their accents would be names or numbers.
var exactHeaders = map[string]string{"họ": LastName, "tên": FirstName}

// otherHeaders are known, and are of no field: they show that a line is a header.
var otherHeaders = wordset.Phrases(`Phone|Phone number|Mobile|Telephone|Company|Organisation|Organization|Job title|
	Address|City|Country|Status|Ticket type|Telefon|Telefonnummer|Handy|Mobil|Firma|Unternehmen|Ort|Stadt|Land|Adresse|
	Anrede|Téléphone|Portable|Société|Entreprise|Ville|Pays|Statut|Teléfono|Móvil|Empresa|Ciudad|País|Dirección|Estado|
	Telefono|Cellulare|Azienda|Città|Paese|Indirizzo|Stato|Telefone|Celular|Cidade|Telefoon|Telefoonnummer|Bedrijf|Plaats|
	Numer telefonu|Miasto|Kraj|Företag|Mobilnummer|Stad|Firmanavn|Virksomhed|Bedrift|By|Puhelin|Puhelinnumero|Yritys|
	Kaupunki|Maa|Telefonní číslo|Společnost|Spoločnosť|Město|Mesto|Země|Telefonszám|Cég|Város|Ország|Firmă|Oraș|Țară|
	Şirket|Şehir|Ülke|Τηλέφωνο|Εταιρεία|Πόλη|Χώρα|Телефон|Компания|Организация|Город|Страна|Должность|Статус|Компанія|
	Організація|Місто|Країна|الهاتف|رقم الهاتف|الجوال|الشركة|المدينة|البلد|الحالة|טלפון|נייד|חברה|עיר|סטטוס|電話|電話番号|会社|会社名|
	所属|住所|部署|役職|电话|手机|手机号|公司|单位|城市|地址|状态|職稱|公司名稱|Tvrtka|Poduzeće|Organizacija|Mobitel|Broj telefona|Telefonska številka|
	GSM|Podjetje|Firma|Preduzeće|Предузеће|Компанија|Tālrunis|Telefons|Uzņēmums|Pilsēta|Telefonas|Telefono numeris|
	Tel. nr.|Įmonė|Miestas|Telefoninumber|Ettevõte|Linn|Điện thoại|Số điện thoại|SĐT|Công ty|Đơn vị|Địa chỉ|Telepon|
	Nomor telepon|No. HP|No HP|Nomor HP|Perusahaan|Instansi|Kota|Alamat|Telefon bimbit|No. telefon|Nombor telefon|Syarikat|
	Bandar|โทรศัพท์|เบอร์โทรศัพท์|เบอร์โทร|บริษัท|หน่วยงาน|ตำแหน่ง|ที่อยู่|Cep telefonu|Telefon no|Kurum|Κινητό|Εταιρία|
	Cégnév|Szervezet|Companie|Număr de telefon|Фирма|Телефонен номер|Мобилен|Мобилен телефон|Номер телефону|Мобільний|
	Телефон гостя|ארגון|מספר טלפון|טלפון נייד|رقم الجوال|جهة العمل|المؤسسة|تلفن|موبایل|تلفن همراه|شماره تماس|شماره تلفن|
	شماره موبایل|شرکت|سازمان|شهر|سمت|फ़ोन|फोन|फ़ोन नंबर|फोन नंबर|मोबाइल|मोबाइल नंबर|कंपनी|संगठन|शहर|전화|전화번호|연락처|휴대폰|회사|소속|
	회사명|주소|상태`)

// IsOther reports whether a header is a common one of another thing.
func IsOther(header string) bool {
	return len(header) <= MaxLength && otherHeaders[wordset.Letters(header)]
}

// IsBareName reports whether a header says that its column has names, and no more.
func IsBareName(name string) bool {
	return bareNames[wordset.Letters(name)] || bareNames[askedFor(undecorated(name))]
}
