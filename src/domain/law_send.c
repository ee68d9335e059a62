// Knows: what the asking side is told before a request leaves: basis, scope, fit of kind and data, bounds, reasons. Does
// not know: which of it stops (data/safeguards.tab), or what people answer. Serves law.h; Arts 2, 11, 23, 24, 35, 40, 44-46, 64.
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/tab_limit.h"
#include "domain/article.h"
#include "domain/identifier.h"
#include "domain/law_inside.h"
#include "domain/tab_party.h"
#include "domain/tab_time_limit.h"

static const char *const cm_law_asked_texts[] = {"data[", "assistance.", NULL};

// -- basis ---------------------------------------------------------------------------------------------------------------

static bool
cm_law_no_basis(struct cm_law_run *run)
{
	return cm_facts_count(run->facts, "legal_basis") == 0;
}

// Is the article's number one of those that the kind's row begins its citations with: "40(3)(d), 44"?
static bool
cm_law_kind_article(enum cm_kind kind, enum cm_article article)
{
	struct cm_view all = cm_view_text(cm_kind_row(kind)->article);
	for (size_t at = 0; at < all.n;) {
		size_t end = cm_view_find(all, at, ',');
		struct cm_view one = cm_view_part(all, at, end - at);
		if (cm_view_is(cm_view_part(one, 0, cm_view_find(one, 0, '(')), cm_article_row(article)->number))
			return true;
		at = end + 2;
	}
	return false;
}

static bool
cm_law_other_article(struct cm_law_run *run)
{
	size_t count = cm_facts_count(run->facts, "legal_basis"), cited = 0;
	struct cm_view instrument, article;
	struct cm_article_cited c;
	for (size_t i = 0; i < count; i++) {
		if (!cm_facts_find_in(run->facts, "legal_basis", i, "instrument", &instrument) || !cm_view_is(instrument, "HC") ||
		    !cm_facts_find_in(run->facts, "legal_basis", i, "article", &article) || !cm_article_read(article, &c))
			continue;
		if (cm_law_kind_article(run->told->kind, c.article))
			return false;
		cited++;
	}
	return cited > 0 && cm_law_saw(run, "It rests on Art. %s.", cm_kind_row(run->told->kind)->article);
}

enum cm_law_bound {
	CM_LAW_BOUND,
	CM_LAW_BOUND_UNKNOWN,
	CM_LAW_NOT_BOUND,
};

static enum cm_law_bound
cm_law_bound(const struct cm_law_run *run, struct cm_view country, const struct cm_national *law, struct cm_view instrument)
{
	char name[16] = "";
	if (country.n == 0 || cm_view_is(instrument, "bilateral"))
		return CM_LAW_BOUND;
	if (cm_view_is(instrument, "domestic"))
		return strcmp(cm_kind_row(run->told->kind)->regime, "open") == 0 ? CM_LAW_BOUND : CM_LAW_NOT_BOUND;
	if (cm_view_is(instrument, "reciprocity"))
		return law == NULL ? CM_LAW_BOUND_UNKNOWN
		       : cm_national_says(law, CM_NATIONAL_RULE_RECIPROCITY, run->told->now) ? CM_LAW_BOUND : CM_LAW_NOT_BOUND;
	if (instrument.n >= sizeof name)
		return CM_LAW_NOT_BOUND;
	memcpy(name, instrument.p, instrument.n);
	if (law != NULL)
		return cm_national_find_value(law, CM_NATIONAL_RULE_PARTY, name, run->told->now) != NULL ? CM_LAW_BOUND
		                                                                                 : CM_LAW_NOT_BOUND;
	// Of real States only signatures and ratifications are known, and the Convention is not in force as far as found.
	return cm_view_is(instrument, "HC") ? CM_LAW_NOT_BOUND : CM_LAW_BOUND_UNKNOWN;
}

static const char *
cm_law_party(struct cm_view country, const struct cm_national *law)
{
	const struct cm_party_row *row = cm_party_row(cm_party_find(country.p, country.n));
	return law != NULL ? "no party by its file" : row->status[0] != 0 ? row->status : "in no list";
}

// One basis that binds both, or may, is enough.
static bool
cm_law_not_bound(struct cm_law_run *run)
{
	const struct cm_law_told *told = run->told;
	size_t count = cm_facts_count(run->facts, "legal_basis");
	struct cm_view instrument, country = told->asked;
	const struct cm_national *law = told->asked_law;
	for (size_t i = 0; i < count; i++) {
		if (!cm_facts_find_in(run->facts, "legal_basis", i, "instrument", &instrument))
			continue;
		bool asking = cm_law_bound(run, told->asking, told->asking_law, instrument) != CM_LAW_NOT_BOUND;
		if (asking && cm_law_bound(run, told->asked, told->asked_law, instrument) != CM_LAW_NOT_BOUND)
			return false;
		if (!asking) {
			country = told->asking;
			law = told->asking_law;
		}
	}
	return count > 0 && cm_law_saw(run, "%.*s: %s.", CM_VIEW_ARG(country), cm_law_party(country, law));
}

// -- offences ------------------------------------------------------------------------------------------------------------

static bool
cm_law_out_of_scope(struct cm_law_run *run)
{
	uint64_t serious = cm_time_limit_row(CM_TIME_LIMIT_HC_SERIOUS)->number;
	bool extradition = strcmp(cm_kind_row(run->told->kind)->regime, "extradition") == 0;
	size_t count = cm_law_offences(run), bases = cm_facts_count(run->facts, "legal_basis");
	for (size_t i = 0; i < count; i++)
		if (cm_offence_row(cm_law_offence(run, i))->convention || (!extradition && cm_law_years(run, i) >= serious))
			return false;
	if (count == 0 || !cm_law_basis(run, "HC") || bases > 1) // another basis has a scope of its own
		return false;
	return cm_law_saw(run, extradition ? "Extradition by the Convention is for its own offences." : "None reaches %llu years.",
	                  (unsigned long long)serious);
}

static bool
cm_law_reserved(struct cm_law_run *run)
{
	const struct cm_law_told *told = run->told;
	size_t count = cm_law_offences(run), devices = 0;
	for (size_t i = 0; i < count; i++)
		devices += cm_law_offence(run, i) == CM_OFFENCE_DEVICE_MISUSE;
	if (count > 0 && devices == count &&
	    cm_national_find_value(told->asked_law, CM_NATIONAL_RULE_RESERVATION, "11(3)", told->now) != NULL)
		return cm_law_saw(run, "It has a reservation under 11(3) on misuse of devices.");
	if ((told->kind == CM_KIND_TRAFFIC_RT || told->kind == CM_KIND_CONTENT_RT) &&
	    cm_national_find_value(told->asked_law, CM_NATIONAL_RULE_RESERVATION, "23(3)", told->now) != NULL)
		return cm_law_saw(run, "It has a reservation under 23(3) on measures in real time.");
	return false;
}

// -- the kind and the data -----------------------------------------------------------------------------------------------

static bool
cm_law_category_fits(enum cm_kind kind, struct cm_view category)
{
	bool subscriber = cm_view_is(category, "subscriber"), traffic = cm_view_is(category, "traffic");
	bool content = cm_view_is(category, "content"), identify = cm_view_is(category, "identify_only");
	if (kind == CM_KIND_SUBSCRIBER)
		return !traffic && !content;
	if (kind == CM_KIND_TRAFFIC_RT || kind == CM_KIND_D_RT_TRAFFIC || kind == CM_KIND_TRAFFIC_PARTIAL)
		return traffic || identify;
	return !(kind == CM_KIND_CONTENT_RT || kind == CM_KIND_D_RT_CONTENT) || !subscriber;
}

static bool
cm_law_wrong_kind(struct cm_law_run *run)
{
	enum cm_kind kind = run->told->kind;
	size_t count = cm_facts_count(run->facts, "data");
	struct cm_view category;
	struct cm_instant from, to;
	for (size_t i = 0; i < count; i++)
		if (cm_facts_find_in(run->facts, "data", i, "category", &category) && !cm_law_category_fits(kind, category))
			return cm_law_saw(run, "data[%zu] is %.*s.", i, CM_VIEW_ARG(category));
	bool later = kind == CM_KIND_TRAFFIC_RT || kind == CM_KIND_CONTENT_RT || kind == CM_KIND_D_RT_TRAFFIC ||
	             kind == CM_KIND_D_RT_CONTENT;
	for (size_t n = 0; cm_law_period(run, n, &from, &to); n++) {
		if (later && to.us <= run->told->now.us)
			return cm_law_saw(run, "The period is over; what was, is stored.");
		if (!later && to.us > run->told->now.us + CM_INSTANT_DAY)
			return cm_law_saw(run, "The period ends in the future; what will be, is not stored yet.");
	}
	return false;
}

static bool
cm_law_thin_need(struct cm_law_run *run)
{
	struct cm_view text = cm_view_of(NULL, 0);
	if (!cm_law_fact(run, "necessity", &text))
		return cm_law_saw(run, "Nothing is written.");
	size_t words = cm_law_words(text);
	return words < CM_LIMIT_LAW_NECESSITY_WORDS_VALUE && cm_law_saw(run, "%zu words.", words);
}

static bool
cm_law_all_data(struct cm_law_run *run)
{
	static const char *const words[] = {"all data", "all the data", "everything", "any and all", "all accounts", "all users",
	        "all customers", "all subscribers", "whole database", "entire database", NULL};
	const char *word = "";
	return cm_law_mentions(run, cm_law_asked_texts, words, &word) && cm_law_saw(run, "\"%s\".", word);
}

static bool
cm_law_unbounded(struct cm_law_run *run)
{
	static const char *const lists[] = {"task.values", "persons", "things", "property"};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (cm_facts_count(run->facts, lists[i]) > 0)
			return false;
	size_t count = cm_facts_count(run->facts, "data");
	struct cm_view format;
	for (size_t i = 0; i < count; i++)
		if (!cm_facts_find_in(run->facts, "data", i, "identifiers[0].format", &format))
			return cm_law_saw(run, "data[%zu] names no account, person or thing.", i);
	return count == 0 && cm_law_saw(run, "No account, person or thing is named.");
}

static bool
cm_law_wide(struct cm_law_run *run)
{
	struct cm_instant from, to;
	for (size_t n = 0; cm_law_period(run, n, &from, &to); n++) {
		int64_t days = (to.us - from.us) / CM_INSTANT_DAY;
		if (days > CM_LIMIT_LAW_PERIOD_DAYS_VALUE)
			return cm_law_saw(run, "%lld days.", (long long)days);
	}
	return false;
}

static bool
cm_law_bare_address(const struct cm_law_run *run, const char *list, size_t i)
{
	struct cm_view format, value, port, at;
	struct cm_instant moment;
	if (!cm_facts_find_in(run->facts, list, i, "format", &format) || !cm_view_starts(format, "ipv4"))
		return false;
	return !cm_facts_find_in(run->facts, list, i, "value", &value) || !cm_identifier_field(value, "port", &port) ||
	       port.n == 0 || !cm_identifier_field(value, "at", &at) || !cm_instant_read(at, &moment);
}

static bool
cm_law_bare_addresses(struct cm_law_run *run)
{
	size_t count = cm_facts_count(run->facts, "task.values"), data = cm_facts_count(run->facts, "data");
	for (size_t i = 0; i < count; i++)
		if (cm_law_bare_address(run, "task.values", i))
			return cm_law_saw(run, "task.values[%zu].", i);
	for (size_t d = 0; d < data; d++) {
		char list[48];
		snprintf(list, sizeof list, "data[%zu].identifiers", d);
		count = cm_facts_count(run->facts, list);
		for (size_t i = 0; i < count; i++)
			if (cm_law_bare_address(run, list, i))
				return cm_law_saw(run, "%s[%zu].", list, i);
	}
	return false;
}

// -- form ----------------------------------------------------------------------------------------------------------------

static bool
cm_law_no_reason(struct cm_law_run *run)
{
	return (cm_facts_has(run->facts, "task.deadline") && !cm_facts_has(run->facts, "task.deadline_reason")) ||
	       (cm_facts_has(run->facts, "deadline.at") && !cm_facts_has(run->facts, "deadline.reason"));
}

static bool
cm_law_other_language(struct cm_law_run *run)
{
	char name[16] = "";
	struct cm_view language;
	const struct cm_national *law = run->told->asked_law;
	if (!cm_law_fact(run, "language", &language) || language.n >= sizeof name ||
	    !cm_national_says(law, CM_NATIONAL_RULE_LANGUAGE, run->told->now))
		return false;
	memcpy(name, language.p, language.n);
	if (cm_national_find_value(law, CM_NATIONAL_RULE_LANGUAGE, name, run->told->now) != NULL)
		return false;
	return cm_law_saw(run, "\"%s\"%s.", name,
	                  cm_national_says(law, CM_NATIONAL_RULE_TRANSLATION, run->told->now) ? "; its law asks for a translation"
	                                                                                      : "");
}

static bool
cm_law_no_safeguard(struct cm_law_run *run)
{
	return !cm_facts_has(run->facts, "use.only_for") && !cm_facts_has(run->facts, "use.conditions");
}

static bool
cm_law_endless(struct cm_law_run *run)
{
	return (cm_law_fact_is(run, "secrecy.keep_secret", "true") || cm_law_fact_is(run, "secrecy.do_not_notify_user", "true")) &&
	       !cm_facts_has(run->facts, "secrecy.until");
}

cm_law_rule *
cm_law_send_rule(enum cm_safeguard safeguard)
{
	static const struct {
		enum cm_safeguard safeguard;
		cm_law_rule *rule;
	} rules[] = {
	        {CM_SAFEGUARD_LEGAL_BASIS, cm_law_no_basis},
	        {CM_SAFEGUARD_BASIS_ARTICLE, cm_law_other_article},
	        {CM_SAFEGUARD_PARTY_STATUS, cm_law_not_bound},
	        {CM_SAFEGUARD_OFFENCE_SCOPE, cm_law_out_of_scope},
	        {CM_SAFEGUARD_SCOPE_RESERVATION, cm_law_reserved},
	        {CM_SAFEGUARD_KIND_CATEGORY, cm_law_wrong_kind},
	        {CM_SAFEGUARD_NECESSITY, cm_law_thin_need},
	        {CM_SAFEGUARD_PROPORTIONALITY, cm_law_unbounded},
	        {CM_SAFEGUARD_ALL_DATA, cm_law_all_data},
	        {CM_SAFEGUARD_PERIOD_WIDE, cm_law_wide},
	        {CM_SAFEGUARD_IDENTIFIER, cm_law_bare_addresses},
	        {CM_SAFEGUARD_DEADLINE_REASON, cm_law_no_reason},
	        {CM_SAFEGUARD_LANGUAGE, cm_law_other_language},
	        {CM_SAFEGUARD_PD_SAFEGUARD, cm_law_no_safeguard},
	        {CM_SAFEGUARD_SECRECY, cm_law_endless},
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].safeguard == safeguard)
			return rules[i].rule;
	return NULL;
}
