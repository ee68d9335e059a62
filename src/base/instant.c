// Knows: the proleptic Gregorian calendar in UTC and RFC 3339. Does not know: what time it is (os/clock).
#include "base/instant.h"

#include <stdio.h>

#include "base/num.h"

struct cm_instant
cm_instant_of_seconds(int64_t seconds)
{
	return (struct cm_instant){.us = seconds * CM_INSTANT_SECOND};
}

int64_t
cm_instant_seconds(struct cm_instant t)
{
	int64_t s = t.us / CM_INSTANT_SECOND;
	return t.us % CM_INSTANT_SECOND < 0 ? s - 1 : s;
}

static bool
cm_instant_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
cm_instant_month_days(int year, int month)
{
	static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && cm_instant_leap(year) ? 1 : 0);
}

// Days since 1970-01-01 of a date from 1970 on: whole years, then whole months.
static int64_t
cm_instant_days(int year, int month, int day)
{
	int64_t y = year - 1;
	int64_t days = y * 365 + y / 4 - y / 100 + y / 400 - 719162;
	for (int m = 1; m < month; m++)
		days += cm_instant_month_days(year, m);
	return days + day - 1;
}

bool
cm_instant_of_civil(struct cm_civil c, struct cm_instant *ret_t)
{
	if (c.year < 1970 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > cm_instant_month_days(c.year, c.month))
		return false;
	if (c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 59 ||
	    c.micro < 0 || c.micro > 999999)
		return false;
	int64_t seconds = cm_instant_days(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
	ret_t->us = seconds * CM_INSTANT_SECOND + c.micro;
	return true;
}

struct cm_civil
cm_instant_civil(struct cm_instant t)
{
	int64_t seconds = cm_instant_seconds(t);
	int64_t days = seconds / 86400;
	int64_t rest = seconds % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	struct cm_civil c = {.year = 1970, .month = 1};
	c.year = (int)(1970 + days / 366); // at most too early; the loop walks the rest
	while (cm_instant_days(c.year + 1, 1, 1) <= days)
		c.year++;
	int64_t left = days - cm_instant_days(c.year, 1, 1);
	while (left >= cm_instant_month_days(c.year, c.month))
		left -= cm_instant_month_days(c.year, c.month++);
	c.day = (int)left + 1;
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	c.micro = (int)(t.us - seconds * CM_INSTANT_SECOND);
	return c;
}

char *
cm_instant_text(struct cm_instant t, char *to)
{
	struct cm_civil c = cm_instant_civil(t);
	snprintf(to, CM_INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
	         c.second);
	return to;
}

char *
cm_instant_text_micro(struct cm_instant t, char *to)
{
	struct cm_civil c = cm_instant_civil(t);
	snprintf(to, CM_INSTANT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month, c.day, c.hour, c.minute,
	         c.second, c.micro);
	return to;
}

char *
cm_instant_text_people(struct cm_instant t, char *to)
{
	struct cm_civil c = cm_instant_civil(t);
	snprintf(to, CM_INSTANT_TEXT, "%04d-%02d-%02d %02d:%02d:%02d UTC", c.year, c.month, c.day, c.hour, c.minute,
	         c.second);
	return to;
}

// `n` digits at `at`, or -1.
static int
cm_instant_digits(struct cm_view v, size_t at, size_t n)
{
	struct cm_view part = cm_view_part(v, at, n);
	if (part.n != n)
		return -1;
	int x = 0;
	for (size_t i = 0; i < n; i++) {
		if (part.p[i] < '0' || part.p[i] > '9')
			return -1;
		x = x * 10 + (part.p[i] - '0');
	}
	return x;
}

// The fraction after the dot at `*at`; moves past it. -1 when there is no digit or too many.
static int
cm_instant_fraction(struct cm_view v, size_t *at)
{
	int micro = 0;
	size_t digits = 0;
	for (++*at; *at < v.n && v.p[*at] >= '0' && v.p[*at] <= '9'; ++*at, digits++)
		if (digits < 6)
			micro = micro * 10 + (v.p[*at] - '0');
	if (digits == 0 || digits > 9)
		return -1;
	for (; digits < 6; digits++)
		micro *= 10;
	return micro;
}

// Seconds east of UTC from "Z" or "+hh:mm" that must end the text.
static bool
cm_instant_offset(struct cm_view v, size_t at, int *ret_seconds)
{
	struct cm_view zone = cm_view_part(v, at, v.n);
	if (cm_view_is(zone, "Z")) {
		*ret_seconds = 0;
		return true;
	}
	int hour = cm_instant_digits(zone, 1, 2);
	int minute = cm_instant_digits(zone, 4, 2);
	if (zone.n != 6 || (zone.p[0] != '+' && zone.p[0] != '-') || zone.p[3] != ':' || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59)
		return false;
	*ret_seconds = (zone.p[0] == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
	return true;
}

bool
cm_instant_read(struct cm_view text, struct cm_instant *ret_t)
{
	if (text.n < 20 || text.p[4] != '-' || text.p[7] != '-' || text.p[10] != 'T' || text.p[13] != ':' ||
	    text.p[16] != ':')
		return false;
	struct cm_civil c = {
	        .year = cm_instant_digits(text, 0, 4),
	        .month = cm_instant_digits(text, 5, 2),
	        .day = cm_instant_digits(text, 8, 2),
	        .hour = cm_instant_digits(text, 11, 2),
	        .minute = cm_instant_digits(text, 14, 2),
	        .second = cm_instant_digits(text, 17, 2),
	};
	size_t at = 19;
	if (text.p[at] == '.')
		c.micro = cm_instant_fraction(text, &at);
	int offset;
	struct cm_instant t;
	if (!cm_instant_of_civil(c, &t) || !cm_instant_offset(text, at, &offset))
		return false;
	t.us -= offset * CM_INSTANT_SECOND;
	if (t.us < 0)
		return false;
	*ret_t = t;
	return true;
}

char *
cm_instant_span_text(int64_t us, char *to)
{
	const char *sign = us < 0 ? "-" : "";
	uint64_t size = us < 0 ? (uint64_t)-us : (uint64_t)us;
	unsigned long long ms = size / 1000, s = ms / 1000, min = s / 60, h = min / 60, d = h / 24;
	if (d > 0)
		snprintf(to, 32, "%s%llu d %llu h", sign, d, h % 24);
	else if (h > 0)
		snprintf(to, 32, "%s%llu h %llu min", sign, h, min % 60);
	else if (min > 0)
		snprintf(to, 32, "%s%llu min %llu s", sign, min, s % 60);
	else if (s >= 10)
		snprintf(to, 32, "%s%llu s", sign, s);
	else if (ms >= 100)
		snprintf(to, 32, "%s%llu.%llu s", sign, s, ms % 1000 / 100);
	else
		snprintf(to, 32, "%s%llu ms", sign, ms);
	return to;
}
