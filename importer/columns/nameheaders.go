package columns

import (
	"guestflow/importer/wordset"
)

// familyFirst are headers of full names that say, or in whose language it is usual, that the last name comes first.
var familyFirst = wordset.Phrases(`Name, Vorname|Nachname, Vorname|Nachname Vorname|Nom prénom|Nom et prénom|
	Nom et prénom(s)|Apellidos y nombre|Apellido y nombre|Apellidos, nombre|Cognome e nome|Cognome nome|Nazwisko i imię|
	Naam en voornaam|Sukunimi ja etunimi|Příjmení a jméno|Priezvisko a meno|Név|Teljes név|Vendég neve|Résztvevő neve|
	Nume și prenume|Numele și prenumele|Επώνυμο και όνομα|ФИО|Ф.И.О.|Фамилия и имя|Фамилия Имя|Фамилия, имя, отчество|
	Фамилия Имя Отчество|ПІБ|Прізвище та ім'я|Прізвище Ім'я|Прізвище, ім'я, по батькові|氏名|お名前|名前|ご芳名|姓名|名字|全名|이름|성명|성함|
	嘉宾姓名|宾客姓名|您的姓名|賓客姓名|Last name, first name|Last, First|Surname, name|Surname and name|Họ và tên|Họ tên|Prezime i ime|
	Презиме и име|Priimek in ime|Uzvārds, vārds|Uzvārds un vārds|Pavardė, vardas|Pavardė ir vardas|Pavardė vardas|
	Perekonna- ja eesnimi|Επώνυμο Όνομα|Ονοματεπώνυμο|Nominativo|Прізвище, ім'я|Name (Last, First)|Full name (Last, First)|
	Name (surname, first name)|Surname, first name|Surname and first name`)

// surelyFamilyFirst are headers of full names that say that all of them begin with the last name.
var surelyFamilyFirst = wordset.Phrases(`Surname First|Name (surname first)|Name (last name first)|Last name first|
	Last First|Surname first name|Last name first name|Name (Last First)`)

// secondSurnames are headers of a further part of the last name.
var secondSurnames = wordset.Phrases(`Segundo apellido|Apellido 2|2º apellido|2o apellido|2do apellido|Apellido materno|
	Materno|Second surname|Second last name|Last name 2|Surname 2|Segundo sobrenome|Sobrenome 2|Apellidos 2`)

// catalanSurnames are headers of last names beside which Nom is the first name.
var catalanSurnames = wordset.Phrases(`Cognom|Cognoms|Primer cognom`)

// initialsHeaders are headers of what stands for first names.
var initialsHeaders = wordset.Phrases(`Initials|Initial|First initial|Initialen|Voorletters|Voorletter|Initiales|
	Iniciales|Iniziali|Iniciais|Inicjały|Initialer|Nimikirjaimet|Iniciály|Kezdőbetűk|Инициалы|Ініціали`)
