package cookie

import "time"

// "the year-value is less than 1601" makes a cookie-date fail.
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.1
const firstYear = 1601

// parseDate reads a cookie-date, in UTC.
//
// "Using the grammar below, divide the cookie-date into date-tokens. ... Process
// each date-token sequentially in the order the date-tokens appear in the
// cookie-date".
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.1
func parseDate(s string) (t time.Time, ok bool) {
	var d dateFields
	for i := 0; i < len(s); {
		if isDateDelimiter(s[i]) {
			i++
			continue
		}
		start := i
		for i < len(s) && !isDateDelimiter(s[i]) {
			i++
		}
		d.token(s[start:i])
	}
	return d.time()
}

// dateFields is what the tokens of a cookie-date have said so far.
type dateFields struct {
	hour, minute, second, day, month, year     int
	foundTime, foundDay, foundMonth, foundYear bool
}

// token gives a date-token to the first production that it matches and that was
// not found before; others are ignored.
func (d *dateFields) token(s string) {
	if !d.foundTime {
		if hour, minute, second, ok := clockToken(s); ok {
			d.hour, d.minute, d.second, d.foundTime = hour, minute, second, true
			return
		}
	}
	if !d.foundDay {
		if n, rest := leadingDigits(s, 1, 2); rest >= 0 && endsNumber(s, rest) {
			d.day, d.foundDay = n, true
			return
		}
	}
	if !d.foundMonth {
		if m := monthToken(s); m > 0 {
			d.month, d.foundMonth = m, true
			return
		}
	}
	if !d.foundYear {
		if n, rest := leadingDigits(s, 2, 4); rest >= 0 && endsNumber(s, rest) {
			d.year, d.foundYear = n, true
		}
	}
}

func (d *dateFields) time() (time.Time, bool) {
	if !d.foundTime || !d.foundDay || !d.foundMonth || !d.foundYear {
		return time.Time{}, false
	}
	year := d.year
	switch {
	case year >= 70 && year <= 99:
		year += 1900
	case year <= 69:
		year += 2000
	}
	if d.day < 1 || d.day > 31 || year < firstYear || d.hour > 23 || d.minute > 59 || d.second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	// "If no such date exists, abort this algorithm": time.Date makes 2 March of
	// 30 February. https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.1
	return t, t.Day() == d.day
}

// clockToken reads hms-time [ non-digit *OCTET ].
func clockToken(s string) (hour, minute, second int, ok bool) {
	var field [3]int
	for i := range field {
		n, rest := leadingDigits(s, 1, 2)
		if rest < 0 {
			return 0, 0, 0, false
		}
		field[i] = n
		if i == len(field)-1 {
			return field[0], field[1], field[2], endsNumber(s, rest)
		}
		if rest == len(s) || s[rest] != ':' {
			return 0, 0, 0, false
		}
		s = s[rest+1:]
	}
	return 0, 0, 0, false
}

// monthToken gives 1 to 12, or 0 for a token that begins with no month's name.
func monthToken(s string) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(s) < 3 {
		return 0
	}
	for m := range 12 {
		if equalFold(s[:3], names[3*m:3*m+3]) {
			return m + 1
		}
	}
	return 0
}

// leadingDigits reads at most most digits and gives the index behind them, or -1
// if there are fewer than least.
func leadingDigits(s string, least, most int) (n, rest int) {
	for rest < len(s) && rest < most && isDigit(s[rest]) {
		n = n*10 + int(s[rest]-'0')
		rest++
	}
	if rest < least {
		return 0, -1
	}
	return n, rest
}

// endsNumber tells whether the digits before s[i] are all there are.
func endsNumber(s string, i int) bool { return i == len(s) || !isDigit(s[i]) }

// isDateDelimiter is
//
//	delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
func isDateDelimiter(c byte) bool {
	return c == 0x09 || c >= 0x20 && c <= 0x2f || c >= 0x3b && c <= 0x40 ||
		c >= 0x5b && c <= 0x60 || c >= 0x7b && c <= 0x7e
}
