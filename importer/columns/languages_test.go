package columns_test

import (
	"slices"
	"strings"
	"testing"

	"guestflow/importer/columns"
)

// plainLists are headers of plain lists: first and last name (2), the last one first (r) or a full name (1), then the
// email, a phone number and a company.
const plainLists = `
2|Ime|Prezime|E-mail|Telefon|Tvrtka
2|Ime|Prezime|E-pošta|Mobitel|Poduzeće
2|Ime|Prezime|Elektronička pošta|Broj telefona|Organizacija
2|Ime gosta|Prezime gosta|E-mail adresa|Telefon|Tvrtka
1|Ime i prezime|E-mail|Telefon|Tvrtka
1|Puno ime|Adresa e-pošte|Telefon|Tvrtka
1|Prezime i ime|Email|Telefon|Tvrtka
2|Ime|Priimek|E-pošta|Telefon|Podjetje
2|Ime|Priimek|E-naslov|Telefonska številka|Podjetje
2|Ime|Priimek|Elektronski naslov|GSM|Podjetje
1|Ime in priimek|E-poštni naslov|Telefon|Podjetje
1|Priimek in ime|E-pošta|Telefon|Podjetje
1|Polno ime|E-pošta|Telefon|Podjetje
2|Vārds|Uzvārds|E-pasts|Tālrunis|Uzņēmums
2|Vārds|Uzvārds|E-pasta adrese|Telefons|Uzņēmums
1|Vārds, uzvārds|E-pasts|Tālrunis|Uzņēmums
1|Vārds un uzvārds|E-pasts|Tālrunis|Uzņēmums
1|Pilns vārds|E-pasts|Tālrunis|Uzņēmums
2|Vardas|Pavardė|El. paštas|Telefonas|Įmonė
2|Vardas|Pavardė|El. pašto adresas|Tel. nr.|Įmonė
2|Vardas|Pavardė|Elektroninis paštas|Telefono numeris|Organizacija
1|Vardas ir pavardė|El. paštas|Telefonas|Įmonė
1|Vardas pavardė|El. p.|Telefonas|Įmonė
1|Pavardė, vardas|El. paštas|Telefonas|Įmonė
2|Eesnimi|Perekonnanimi|E-post|Telefon|Ettevõte
2|Eesnimi|Perenimi|E-posti aadress|Telefoninumber|Ettevõte
2|Eesnimi|Perekonnanimi|Meil|Telefon|Ettevõte
1|Ees- ja perekonnanimi|E-post|Telefon|Ettevõte
1|Nimi|E-post|Telefon|Ettevõte
1|Täisnimi|E-post|Telefon|Ettevõte
2|Tên|Họ|Email|Điện thoại|Công ty
r|Họ|Tên|Email|Số điện thoại|Công ty
r|Họ và tên đệm|Tên|Địa chỉ email|SĐT|Công ty
1|Họ và tên|Email|Số điện thoại|Công ty
1|Họ tên|Email|ĐT|Công ty
1|Họ và Tên|Thư điện tử|Số điện thoại|Đơn vị
2|Nama depan|Nama belakang|Email|Telepon|Perusahaan
2|Nama Depan|Nama Belakang|Alamat Email|No. HP|Perusahaan
2|Nama Depan|Nama Belakang|Surel|Nomor Telepon|Instansi
1|Nama lengkap|Email|Telepon|Perusahaan
1|Nama|Email|No HP|Perusahaan
2|Nama pertama|Nama akhir|E-mel|Telefon|Syarikat
2|Nama pertama|Nama keluarga|Emel|No. Telefon|Syarikat
1|Nama penuh|E-mel|Telefon|Syarikat
1|Nama Penuh|Alamat e-mel|Nombor telefon|Syarikat
2|ชื่อ|นามสกุล|อีเมล|โทรศัพท์|บริษัท
2|ชื่อ|นามสกุล|อีเมล์|เบอร์โทรศัพท์|บริษัท
2|ชื่อจริง|นามสกุล|E-mail|เบอร์โทร|บริษัท
1|ชื่อ-นามสกุล|อีเมล|โทรศัพท์|บริษัท
1|ชื่อ-สกุล|อีเมล|โทรศัพท์|บริษัท
1|ชื่อเต็ม|ที่อยู่อีเมล|โทรศัพท์|บริษัท
2|Ad|Soyad|E-posta|Telefon|Şirket
2|Adı|Soyadı|E-Posta Adresi|Cep Telefonu|Firma
2|İsim|Soyisim|Mail|Telefon|Şirket
1|Ad Soyad|E-posta|Telefon|Şirket
1|Adı Soyadı|Eposta|Telefon|Şirket
1|İsim Soyisim|Mail Adresi|Telefon No|Kurum
1|Ad-Soyad|E-posta|Telefon|Şirket
1|Tam Ad|E-posta|Telefon|Şirket
2|Όνομα|Επώνυμο|Email|Τηλέφωνο|Εταιρεία
2|Όνομα|Επίθετο|E-mail|Κινητό|Εταιρία
r|Επώνυμο|Όνομα|Ηλεκτρονική διεύθυνση|Τηλέφωνο|Εταιρεία
1|Ονοματεπώνυμο|Email|Τηλέφωνο|Εταιρεία
1|Όνομα και επώνυμο|Διεύθυνση ηλεκτρονικού ταχυδρομείου|Τηλέφωνο|Εταιρεία
1|Πλήρες όνομα|Ηλ. ταχυδρομείο|Τηλέφωνο|Εταιρεία
r|Vezetéknév|Keresztnév|E-mail|Telefon|Cég
r|Családnév|Utónév|E-mail cím|Telefonszám|Cégnév
1|Név|E-mail|Telefon|Cég
1|Teljes név|Email cím|Mobil|Szervezet
2|Prenume|Nume|E-mail|Telefon|Companie
r|Nume|Prenume|Email|Telefon|Firmă
r|Numele|Prenumele|Adresa de email|Număr de telefon|Firma
1|Nume și prenume|E-mail|Telefon|Companie
1|Nume si prenume|E-mail|Telefon|Companie
1|Nume complet|E-mail|Telefon|Companie
2|Име|Фамилия|Имейл|Телефон|Фирма
2|Име|Фамилно име|Имейл адрес|Телефонен номер|Фирма
2|Първо име|Фамилия|E-mail|Мобилен|Компания
2|Име|Фамилия|Електронна поща|Телефон|Фирма
1|Име и фамилия|Имейл|Телефон|Фирма
1|Пълно име|Имейл|Телефон|Фирма
2|Ім'я|Прізвище|Електронна пошта|Телефон|Компанія
2|Ім’я|Прізвище|E-mail|Номер телефону|Організація
2|Ім'я|Прізвище|Електронна адреса|Мобільний|Компанія
1|ПІБ|Email|Телефон|Компанія
1|П.І.Б.|Пошта|Телефон|Компанія
1|Прізвище та ім'я|Електронна пошта|Телефон|Компанія
1|Повне ім'я|Ел. пошта|Телефон|Компанія
2|שם פרטי|שם משפחה|אימייל|טלפון|חברה
2|שם פרטי|שם משפחה|דוא"ל|נייד|חברה
2|שם פרטי|שם משפחה|דואר אלקטרוני|מספר טלפון|ארגון
1|שם מלא|אימייל|טלפון|חברה
1|שם פרטי ומשפחה|מייל|טלפון|חברה
2|الاسم الأول|اسم العائلة|البريد الإلكتروني|الهاتف|الشركة
2|الاسم الاول|الاسم الأخير|البريد الالكتروني|رقم الجوال|الشركة
2|الاسم الأول|الاسم الاخير|الايميل|رقم الهاتف|جهة العمل
2|الاسم|اللقب|البريد الإلكتروني|الهاتف|الشركة
1|الاسم الكامل|البريد الإلكتروني|رقم الهاتف|الشركة
1|الاسم الثلاثي|الإيميل|الجوال|الشركة
2|نام|نام خانوادگی|ایمیل|تلفن|شرکت
2|نام|نام خانوادگی|پست الکترونیک|موبایل|شرکت
2|نام کوچک|نام خانوادگی|رایانامه|شماره تماس|سازمان
2|نام|نامخانوادگی|آدرس ایمیل|تلفن همراه|شرکت
1|نام و نام خانوادگی|ایمیل|تلفن|شرکت
1|نام کامل|ایمیل|تلفن|شرکت
2|पहला नाम|अंतिम नाम|ईमेल|फ़ोन|कंपनी
2|पहला नाम|कुलनाम|ई-मेल|फोन नंबर|कंपनी
1|पूरा नाम|ईमेल|मोबाइल नंबर|कंपनी
1|नाम|ईमेल पता|फ़ोन|संगठन
`

// A plain list in the language of its sender needs no question about its columns.
func TestPlainListsOfManyLanguagesAreReadWithoutAQuestion(t *testing.T) {
	t.Parallel()
	for line := range strings.FieldsFuncSeq(plainLists, func(r rune) bool { return r == '\n' }) {
		kind, headers, _ := strings.Cut(line, "|")
		header := strings.Split(headers, "|")
		want := map[string][]string{
			"2": {columns.FirstName, columns.LastName, columns.Email}, "r": {columns.LastName, columns.FirstName, columns.Email},
			"1": {columns.FullName, columns.Email},
		}[kind]
		c, problem := columns.Map(header, columns.Options{SplitNames: kind == "1", Emails: true})
		if problem != nil || len(c.Questions()) > 0 || len(c.Suggestions) > 0 {
			t.Errorf("%s: %v, %v, %v", line, problem, c.Questions(), c.Suggestions)
			continue
		}
		if got := c.Fields; !slices.Equal(got[:len(want)], want) || strings.Join(got[len(want):], "") != "" {
			t.Errorf("%s is read as %q", line, got)
		}
	}
}
