package demosite

import "strconv"

// writer appends made-up text to a page.
type writer struct {
	buf     []byte
	random  random
	numbers []int // what a text may link to
	heading int   // the last number of a subsection
}

// paragraph appends a paragraph of three to seven sentences.
func (w *writer) paragraph() {
	w.buf = append(w.buf, "<p>"...)
	for i := range w.random.between(3, 7) {
		if i > 0 {
			w.buf = append(w.buf, ' ')
		}
		w.sentence()
	}
	w.buf = append(w.buf, "</p>\n"...)
}

// sentence fills one of the forms in.
func (w *writer) sentence() {
	form := pick(&w.random, sentences)
	for i := 0; i < len(form); i++ {
		if form[i] != '%' {
			w.buf = append(w.buf, form[i])
			continue
		}
		i++
		w.word(form[i])
	}
}

func (w *writer) word(kind byte) {
	switch kind {
	case 'n':
		w.buf = append(w.buf, pick(&w.random, nouns)...)
	case 's':
		w.buf = append(w.buf, pick(&w.random, nouns)...)
		w.buf = append(w.buf, 's')
	case 'a':
		w.buf = append(w.buf, pick(&w.random, adjectives)...)
	case 'v':
		w.buf = append(w.buf, pick(&w.random, verbs)...)
	case 'd':
		w.buf = append(w.buf, pick(&w.random, adverbs)...)
	case 'p':
		n := pick(&w.random, w.numbers)
		w.buf = append(w.buf, `<a href="`...)
		w.buf = append(w.buf, pagePath(n)...)
		w.buf = append(w.buf, `">PEP `...)
		w.buf = strconv.AppendInt(w.buf, int64(n), 10)
		w.buf = append(w.buf, "</a>"...)
	}
}

// list appends a list of three to six sentences.
func (w *writer) list() {
	w.buf = append(w.buf, "<ul>\n"...)
	for range w.random.between(3, 6) {
		w.buf = append(w.buf, "<li>"...)
		w.sentence()
		w.buf = append(w.buf, "</li>\n"...)
	}
	w.buf = append(w.buf, "</ul>\n"...)
}

// listing appends a piece of code of no sense but a sound form.
func (w *writer) listing() {
	subject, object := pick(&w.random, nouns), pick(&w.random, nouns)
	w.buf = append(w.buf, "<pre><code>"...)
	switch w.random.below(3) {
	case 0:
		w.add("async def ", subject, "(", object, "):\n    async with ", object, ".", pick(&w.random, nouns),
			"() as result:\n        return await result\n")
	case 1:
		w.add("class ", capital(subject), ":\n    def __init__(self, ", object, "=None):\n        self.", object, " = ", object, "\n")
	default:
		w.add("for ", subject, " in ", object, "s:\n    if not ", subject, ":\n        continue\n    print(", subject, ")\n")
	}
	w.buf = append(w.buf, "</code></pre>\n"...)
}

func (w *writer) add(parts ...string) {
	for _, part := range parts {
		w.buf = append(w.buf, part...)
	}
}

// block appends what comes next in a section: mostly a paragraph.
func (w *writer) block(technical bool) {
	switch k := w.random.below(12); {
	case k == 0:
		w.list()
	case k <= 2 && technical:
		w.listing()
	case k == 3 && technical:
		w.heading++
		w.add("<h3>", strconv.Itoa(w.heading), ". ", title(&w.random), "</h3>\n")
		w.paragraph()
	default:
		w.paragraph()
	}
}
