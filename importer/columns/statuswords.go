package columns

import "strings"

// Words of rows that are not meant, and headers of columns that have them, in further languages: the Nordic ones, Finnish, Czech,
// Slovak, Hungarian, Romanian, Turkish, Greek, Russian, Ukrainian, Arabic, Hebrew, Japanese, Chinese and Korean.
const (
	furtherExcluded = `avbokad|avböjt|inställd|återbetald|kommer inte|kommer ej|avanmäld|tackat nej|aflyst|afmeldt|avlyst|avmeldt|refunderet|refundert|
		kommer ikke|afbud|avbud|takket nei|peruttu|perunut|ei osallistu|ei tule|hyvitetty|zrušeno|zrušené|stornováno|odmítnuto|odmietnuté|vráceno|nepřijde|
		nepríde|odhlášen|odhlásený|lemondva|lemondta|törölve|visszamondta|nem jön|visszatérítve|elutasítva|anulat|anulată|rambursat|refuzat|nu participă|nu vine|
		dezabonat|iptal|iptal edildi|iade edildi|reddedildi|katılmıyor|gelmiyor|ακυρώθηκε|ακυρωμένο|απορρίφθηκε|δεν θα έρθει|отменено|отменён|отменен|отменена|отмена|
		возврат|возвращено|отклонено|отказ|отказался|отказалась|не придет|не придёт|отписан|скасовано|повернено|відхилено|відмова|не прийде|ملغى|ملغي|ملغاة|
		مسترد|مرفوض|لن يحضر|اعتذر|בוטל|הוחזר|נדחה|לא מגיע|לא מגיעה|ביטל|ביטלה|キャンセル|キャンセル済み|キャンセル済|欠席|返金済み|辞退|不参加|已取消|取消|已退款|已拒绝|
		已拒絕|不出席|拒绝|拒絕|已退票|취소|취소됨|환불|환불됨|불참|거절|`
	furtherDoubtful = `nej|nei|ei|ne|nem|nu|hayır|όχι|нет|ні|לא|لا|いいえ|否|아니오|아니요|väntar|väntelista|kanske|venter|venteliste|måske|kanskje|odottaa|jonossa|ehkä|
		čeká|čaká|čakacia listina|možná|možno|függőben|várólista|talán|în așteptare|poate|beklemede|belki|σε αναμονή|ίσως|ожидает|в ожидании|лист ожидания|возможно|
		может быть|очікує|можливо|قيد الانتظار|ربما|ממתין|ממתינה|אולי|未定|保留|検討中|未回答|未払い|待定|待确认|待審核|待审核|未回复|未支付|대기|대기중|미정|미응답|미결제|`
	furtherConsents = `svar påmeldt tilmeldt deltar närvaro osallistuu osallistuminen účast účastní részvétel participare katılım katılıyor
		συμμετοχή придет участие присутствие прийде участь الحضور מגיע הגעה 出欠 出席 参加可否 参加確認 是否参加 是否參加 回复 回覆 참석여부 참석 회신`
	furtherStates = `stav állapot durum κατάσταση статус состояние الحالة סטטוס ステータス 状況 状态 狀態 상태`
)

// headerParts are words as they stand in a header that reduce has left.
func headerParts(words string) []string {
	parts := strings.Fields(words)
	for i, part := range parts {
		parts[i] = reduce(part)
	}
	return parts
}
