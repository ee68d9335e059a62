// Knows: how moments, lengths of time and sizes are said. Does not know: languages (words.c), templates.
#include "ui/say.h"

#include <inttypes.h>
#include <stdio.h>

#define CM_SAY_MINUTE (60 * CM_INSTANT_SECOND)
#define CM_SAY_HOUR (60 * CM_SAY_MINUTE)
#define CM_SAY_NUMBER 24 // bytes of a number with NUL

void
cm_say(const struct cm_words *words, const struct cm_say *say, struct cm_buf *to)
{
	struct cm_view text = cm_words_get(words, cm_view_text(say->text));
	while (text.n > 0) {
		size_t at = cm_view_find(text, 0, '%');
		cm_buf_view_add(to, cm_view_part(text, 0, at));
		text = cm_view_part(text, at, text.n);
		if (cm_view_starts(text, "%{a}") && say->a != NULL)
			cm_buf_text(to, say->a);
		else if (cm_view_starts(text, "%{b}") && say->b != NULL)
			cm_buf_text(to, say->b);
		else
			cm_buf_view_add(to, cm_view_part(text, 0, text.n > 0));
		text = cm_view_part(text, text.n > 3 && text.p[1] == '{' ? 4 : 1, text.n);
	}
}

// Two numbers in a sentence.
static void
cm_say_numbers(const struct cm_words *words, const char *text, int64_t a, int64_t b, struct cm_buf *to)
{
	char first[CM_SAY_NUMBER], second[CM_SAY_NUMBER];
	snprintf(first, sizeof first, "%" PRId64, a);
	snprintf(second, sizeof second, "%" PRId64, b);
	cm_say(words, &(struct cm_say){.text = text, .a = first, .b = second}, to);
}

void
cm_say_span(const struct cm_words *words, int64_t us, struct cm_buf *to)
{
	int64_t minutes = us / CM_SAY_MINUTE;
	if (us > 14 * CM_INSTANT_DAY)
		cm_say_numbers(words, CM_WORD("%{a} d"), us / CM_INSTANT_DAY, 0, to);
	else if (us >= 2 * CM_INSTANT_DAY)
		cm_say_numbers(words, CM_WORD("%{a} d %{b} h"), us / CM_INSTANT_DAY, us % CM_INSTANT_DAY / CM_SAY_HOUR, to);
	else if (minutes >= 60)
		cm_say_numbers(words, CM_WORD("%{a} h %{b} min"), minutes / 60, minutes % 60, to);
	else
		cm_say_numbers(words, CM_WORD("%{a} min"), minutes < 1 ? 1 : minutes, 0, to);
}

void
cm_say_left(const struct cm_words *words, struct cm_instant at, struct cm_instant now, struct cm_buf *to)
{
	bool late = at.us <= now.us;
	struct cm_buf span = cm_buf_of(256);
	cm_say_span(words, late ? now.us - at.us : at.us - now.us, &span);
	cm_say(words, &(struct cm_say){.text = late ? CM_WORD("Late by %{a}") : CM_WORD("%{a} left"), .a = cm_buf_cstr(&span)}, to);
	cm_buf_fini(&span);
}

// Days since 1970-01-01, a Thursday.
static const char *
cm_say_weekday(struct cm_instant at)
{
	static const char *const names[] = {CM_WORD("Thu"), CM_WORD("Fri"), CM_WORD("Sat"), CM_WORD("Sun"),
	                                    CM_WORD("Mon"), CM_WORD("Tue"), CM_WORD("Wed")};
	int64_t day = at.us / CM_INSTANT_DAY - (at.us % CM_INSTANT_DAY < 0);
	return names[(day % 7 + 7) % 7];
}

// "Tue 17 Nov 2026": the order is the language's.
static void
cm_say_day(const struct cm_words *words, struct cm_instant at, struct cm_buf *to)
{
	static const char *const months[] = {CM_WORD("%{a} Jan %{b}"), CM_WORD("%{a} Feb %{b}"), CM_WORD("%{a} Mar %{b}"), CM_WORD("%{a} Apr %{b}"),
	                                     CM_WORD("%{a} May %{b}"), CM_WORD("%{a} Jun %{b}"), CM_WORD("%{a} Jul %{b}"), CM_WORD("%{a} Aug %{b}"),
	                                     CM_WORD("%{a} Sep %{b}"), CM_WORD("%{a} Oct %{b}"), CM_WORD("%{a} Nov %{b}"), CM_WORD("%{a} Dec %{b}")};
	struct cm_civil c = cm_instant_civil(at);
	struct cm_buf weekday = cm_buf_of(64), day = cm_buf_of(128);
	cm_buf_view_add(&weekday, cm_words_get(words, cm_view_text(cm_say_weekday(at))));
	cm_say_numbers(words, months[c.month - 1], c.day, c.year, &day);
	cm_say(words, &(struct cm_say){.text = CM_WORD("%{a} %{b}"), .a = cm_buf_cstr(&weekday), .b = cm_buf_cstr(&day)}, to);
	cm_buf_fini(&weekday);
	cm_buf_fini(&day);
}

static void
cm_say_clock(struct cm_instant at, char to[CM_SAY_NUMBER])
{
	struct cm_civil c = cm_instant_civil(at);
	snprintf(to, CM_SAY_NUMBER, "%02d:%02d", c.hour, c.minute);
}

void
cm_say_moment(const struct cm_words *words, struct cm_instant at, int32_t zone_min, struct cm_buf *to)
{
	struct cm_instant here = {at.us + zone_min * CM_SAY_MINUTE};
	char clock[CM_SAY_NUMBER], utc[CM_SAY_NUMBER];
	cm_say_clock(here, clock);
	cm_say_clock(at, utc);
	struct cm_buf day = cm_buf_of(256), utc_day = cm_buf_of(256), local = cm_buf_of(512), other = cm_buf_of(512);
	cm_say_day(words, here, &day);
	cm_say_day(words, at, &utc_day);
	bool same = cm_view_equal(cm_buf_view(&day), cm_buf_view(&utc_day));
	cm_say(words, &(struct cm_say){.text = CM_WORD("%{a}, %{b}"), .a = cm_buf_cstr(&day), .b = clock}, &local);
	if (same)
		cm_buf_text(&other, utc);
	else
		cm_say(words, &(struct cm_say){.text = CM_WORD("%{a}, %{b}"), .a = cm_buf_cstr(&utc_day), .b = utc}, &other);
	const char *text = zone_min == 0 ? CM_WORD("%{a} UTC") : CM_WORD("%{a} (%{b} UTC)");
	cm_say(words, &(struct cm_say){.text = text, .a = cm_buf_cstr(&local), .b = cm_buf_cstr(&other)}, to);
	cm_buf_fini(&day);
	cm_buf_fini(&utc_day);
	cm_buf_fini(&local);
	cm_buf_fini(&other);
}

void
cm_say_size(const struct cm_words *words, uint64_t bytes, struct cm_buf *to)
{
	static const char *const units[] = {CM_WORD("%{a} bytes"), CM_WORD("%{a} kB"), CM_WORD("%{a} MB"), CM_WORD("%{a} GB"), CM_WORD("%{a} TB"), CM_WORD("%{a} PB"), CM_WORD("%{a} EB")};
	unsigned unit = 0;
	uint64_t whole = bytes, part = 0;
	while (whole >= 1000) {
		part = whole % 1000 / 100;
		whole /= 1000;
		unit++;
	}
	char number[CM_SAY_NUMBER];
	if (unit == 0 || whole >= 100)
		snprintf(number, sizeof number, "%" PRIu64, whole);
	else
		snprintf(number, sizeof number, "%" PRIu64 ".%" PRIu64, whole, part);
	cm_say(words, &(struct cm_say){.text = units[unit], .a = number}, to);
}
