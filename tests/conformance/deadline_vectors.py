#!/usr/bin/env python3
"""deadline_vectors.py FILE [--write]: ends of clocks computed by Python's own calendar and time zones, of which nothing is ours.
Without --write the FILE in the tree must be what it computes; deadline tests of the domain read the same file. The calendars of the
invented States are read from data/national by a reader of its own.
Lines: calendar NAME OFFSET WEEKEND HOLIDAYS CHANGES; end CALENDAR COUNTING UNIT NUMBER START END; resume CALENDAR COUNTING
END PAUSED RESUMED END; text CALENDAR MOMENT TEXT; national CC; within CC KIND START END (- without a rule); stands CC KIND START END
PAUSED RESUMED END. Tab-separated; moments are seconds of Unix time, dates days since 1970."""
import calendar, datetime as d, os, random, sys
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UTC = d.timezone.utc
EPOCH = d.date(1970, 1, 1)
CHANCE = random.Random(20270302)
FIXED = {'xa': 780, 'xb': -300, 'utc': 0, 'kathmandu': 345, 'far-west': -720, 'far-east': 840}
NAMED = {'rome': 'Europe/Rome', 'new-york': 'America/New_York', 'lord-howe': 'Australia/Lord_Howe', 'santiago': 'America/Santiago'}
WEEKENDS = {'xa': {5, 6}, 'xb': {4, 5}, 'utc': set(), 'kathmandu': {5}, 'far-west': {5, 6}, 'far-east': {6}}
FIRST, LAST = d.datetime(2019, 12, 1, tzinfo=UTC), d.datetime(2026, 6, 1, tzinfo=UTC)


def seconds(t):
    return int(t.timestamp())


def minutes(zone, t):
    return int(t.astimezone(zone).utcoffset().total_seconds() // 60)


def changes(zone):
    """Every hour's offset is asked; clocks are set at whole hours and half hours."""
    t, found, last = FIRST - d.timedelta(days=400), [], None
    while t < LAST + d.timedelta(days=3000):
        now = minutes(zone, t)
        if last is not None and now != last:
            found.append((t, now))
        last, t = now, t + d.timedelta(minutes=30)
    return found


class Calendar:
    def __init__(self, name):
        self.zone = ZoneInfo(NAMED[name]) if name in NAMED else d.timezone(d.timedelta(minutes=FIXED[name]))
        self.weekend = WEEKENDS.get(name, {5, 6})
        self.changes = changes(self.zone) if name in NAMED else []
        self.holidays = set()
        for year in range(2019, 2031):
            self.holidays |= {d.date(year, 1, 1), d.date(year, 12, 31)} if name != 'utc' else set()
            for _ in range(12 if name != 'utc' else 0):
                self.holidays.add(d.date(year, 1, 1) + d.timedelta(days=CHANCE.randrange(365)))
            if name == 'xa':  # a long feast over a year's end
                self.holidays |= {d.date(year, 12, 24) + d.timedelta(days=n) for n in range(14)}
        self.name = name

    def line(self):
        first = minutes(self.zone, FIRST - d.timedelta(days=400))
        return ['calendar', self.name, first, sum(1 << n for n in self.weekend),
                ','.join(str((h - EPOCH).days) for h in sorted(self.holidays)) or '-',
                ','.join('%d:%d' % (seconds(t), o) for t, o in self.changes) or '-']

    def works(self, date):
        return date.weekday() not in self.weekend and date not in self.holidays

    def midnight_after(self, date):
        return d.datetime.combine(date + d.timedelta(days=1), d.time(0), self.zone).astimezone(UTC)

    def forward(self, date, number):
        while number:
            date += d.timedelta(days=1)
            number -= self.works(date)
        return date


def add_months(date, number):
    year, month = divmod(date.year * 12 + date.month - 1 + number, 12)
    return date.replace(year=year, month=month + 1, day=min(date.day, calendar.monthrange(year, month + 1)[1]))


def end(cal, counting, unit, number, start):
    local = start.astimezone(cal.zone)
    if counting == 'hours':
        return start + d.timedelta(hours=number)
    if counting == 'working':
        return cal.midnight_after(cal.forward(local.date(), number))
    date = local.date() + d.timedelta(days=number) if unit == 'day' else add_months(local.date(), number * (12 if unit == 'year' else 1))
    return d.datetime.combine(date, local.time().replace(fold=0), cal.zone).astimezone(UTC)


def resume(cal, counting, until, paused, resumed):
    if counting != 'working':
        return until + (resumed - paused)
    last = (until - d.timedelta(microseconds=1)).astimezone(cal.zone).date()
    day, left = paused.astimezone(cal.zone).date(), 0
    while day < last:
        day += d.timedelta(days=1)
        left += cal.works(day)
    return cal.midnight_after(cal.forward(resumed.astimezone(cal.zone).date(), left))


def starts(cal):
    """By chance, and where it is likely to go wrong: year ends, leap days, ends of months, when the clock is set."""
    special = [d.datetime(y, m, n, CHANCE.randrange(24), CHANCE.randrange(60), tzinfo=UTC) for y in (2020, 2023, 2024, 2025)
               for m, n in ((12, 31), (1, 1), (2, 28), (3, 1), (1, 31), (8, 31), (2, 24))] + [d.datetime(2020, 2, 29, 23, 59, 59, tzinfo=UTC),
               d.datetime(2024, 2, 29, 0, 0, 0, tzinfo=UTC)]
    special += [t - d.timedelta(days=CHANCE.choice((0, 1, 7, 60)), minutes=CHANCE.randrange(-130, 130))
                for t, _ in cal.changes if FIRST < t < LAST for _ in range(3)]
    span = int((LAST - FIRST).total_seconds())
    return special + [FIRST + d.timedelta(seconds=CHANCE.randrange(span)) for _ in range(40)]


class National(Calendar):
    """A State as its file has it: data/national/xa.tab."""

    def __init__(self, cc):
        self.name, self.rows = cc, []
        here = os.path.dirname(os.path.abspath(__file__))
        for line in open(os.path.join(here, '..', '..', 'data', 'national', cc.lower() + '.tab'), encoding='utf-8'):
            cells = line.rstrip('\n').split('\t')
            if not line.startswith('#') and cells[0] != 'rule':
                self.rows.append(cells)
        self.zone = self

    def held(self, rule, date):
        return [r[1] for r in self.rows if r[0] == rule and (not r[2] or r[2] <= date.isoformat()) and (not r[3] or date.isoformat() <= r[3])]

    def offset(self, t):
        """The days of a row begin and end at midnight UTC."""
        text = self.held('time_zone', t.astimezone(UTC).date())[0]
        if text == 'UTC':
            return d.timedelta(0)
        return (1 if text[3] == '+' else -1) * d.timedelta(hours=int(text[4:6]), minutes=int(text[7:9]))

    def local(self, t):
        return (t + self.offset(t)).replace(tzinfo=None)

    def moment(self, date, time):
        """What was left out or came twice when the clock was set is read with the offset that held before."""
        wall = d.datetime.combine(date, time).replace(tzinfo=UTC)
        offsets = sorted({self.offset(wall + d.timedelta(hours=h)) for h in (-30, 0, 30)}, key=lambda o: self.offset(wall - d.timedelta(hours=30)) != o)
        fits = [wall - o for o in offsets if self.offset(wall - o) == o]
        return min(fits) if fits else wall - offsets[0]

    def works(self, date):
        free = self.held('holiday', date)
        days = self.held('working_days', date)[0].split('; ')
        return ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[date.weekday()] in days and date.isoformat() not in free and \
            date.strftime('%m-%d') not in free

    def closing(self, date, asked):
        hours = self.held('working_hours', asked.astimezone(UTC).date())
        if not hours or hours[0].endswith('24:00'):
            return self.moment(date + d.timedelta(days=1), d.time(0))
        return self.moment(date, d.time.fromisoformat(hours[0][6:]))

    def rule(self, kind, regime, t):
        rows = [v.split(' ') for v in self.held('answer_within', t.astimezone(UTC).date())]
        for word in (kind, regime, 'all'):
            for row in rows:
                if row[0] == word:
                    return int(row[1]), row[2]
        return None

    def answer(self, kind, regime, start):
        found = self.rule(kind, regime, start)
        if found is None:
            return None
        number, unit = found
        local = self.local(start)
        if unit == 'hours':
            return start + d.timedelta(hours=number)
        if unit == 'working':
            return self.closing(self.forward(local.date(), number), start)
        date = local.date() + d.timedelta(days=number) if unit == 'days' else add_months(local.date(), number)
        return self.moment(date, local.time())

    def stands(self, kind, regime, start, until, paused, resumed):
        found = self.rule(kind, regime, start)
        if found is None or found[1] != 'working':
            return until + (resumed - paused)
        last, day, left = self.local(until - d.timedelta(microseconds=1)).date(), self.local(paused).date(), 0
        while day < last:
            day += d.timedelta(days=1)
            left += self.works(day)
        day = self.forward(self.local(resumed).date(), left)
        end = self.closing(day, paused)
        return end if end > resumed else self.closing(self.forward(day, 1), paused)


KINDS = {'stored': 'mla', 'search': 'mla', 'traffic_partial': 'traffic', 'emergency': 'open', 'freeze': 'assets'}


def national_lines():
    for cc in ('XA', 'XB', 'XC', 'XD'):
        cal = National(cc)
        yield 'national\t' + cc
        first = d.datetime(2026, 11, 1, tzinfo=UTC)
        special = [d.datetime(2026, 12, day, CHANCE.randrange(24), tzinfo=UTC) for day in (11, 18, 23, 24, 31)]
        special += [d.datetime(2027, m, day, CHANCE.randrange(24), CHANCE.randrange(60), tzinfo=UTC) for m, day in
                    ((1, 1), (1, 31), (2, 5), (2, 8), (3, 24), (3, 27), (4, 2), (4, 3), (4, 4), (9, 24), (9, 25), (9, 26))]
        for start in special + [first + d.timedelta(seconds=CHANCE.randrange(3 * 365 * 86400)) for _ in range(40)]:
            for kind, regime in KINDS.items():
                until = cal.answer(kind, regime, start)
                yield '\t'.join(map(str, ('within', cc, kind, seconds(start), '-' if until is None else seconds(until))))
                if until is not None:
                    paused = (start + (until - start) * CHANCE.random()).replace(microsecond=0)
                    resumed = paused + d.timedelta(seconds=CHANCE.choice((0, CHANCE.randrange(86400), CHANCE.randrange(40 * 86400))))
                    yield '\t'.join(map(str, ('stands', cc, kind, seconds(start), seconds(until), seconds(paused), seconds(resumed),
                                              seconds(cal.stands(kind, regime, start, until, paused, resumed)))))


def lines():
    yield '# Made by tests/conformance/deadline_vectors.py from Python\'s datetime and zoneinfo; do not edit.'
    for name in list(FIXED) + list(NAMED):
        cal = Calendar(name)
        yield '\t'.join(map(str, cal.line()))
        for start in starts(cal):
            for counting, unit, most in (('calendar', 'day', 120), ('calendar', CHANCE.choice(('month', 'year')), 5), ('working', 'day', 45),
                                         ('hours', 'hour', 200)):
                number = CHANCE.choice((0, 1, 60, 90)) if counting == 'calendar' and CHANCE.random() < .3 and unit == 'day' else CHANCE.randrange(most)
                until = end(cal, counting, unit, number, start)
                yield '\t'.join(map(str, ('end', name, counting, unit, number, seconds(start), seconds(until))))
                if number > 1 and CHANCE.random() < .3:
                    paused = start + (until - start) * CHANCE.random()
                    paused = paused.replace(microsecond=0)
                    resumed = paused + d.timedelta(seconds=CHANCE.randrange(40 * 86400))
                    yield '\t'.join(map(str, ('resume', name, counting, seconds(until), seconds(paused), seconds(resumed),
                                              seconds(resume(cal, counting, until, paused, resumed)))))
            local = start.astimezone(cal.zone)
            off = minutes(cal.zone, start)
            text = local.strftime('%Y-%m-%d %H:%M:%S UTC') + ('%s%02d:%02d' % ('-' if off < 0 else '+', abs(off) // 60, abs(off) % 60) if off else '')
            yield '\t'.join(map(str, ('text', name, seconds(start), text)))
    yield from national_lines()


def main():
    try:
        for name in NAMED.values():
            ZoneInfo(name)
    except ZoneInfoNotFoundError as e:
        print('skipped: no time zones here:', e)
        sys.exit(77)
    made = '\n'.join(lines()) + '\n'
    if '--write' in sys.argv:
        open(sys.argv[1], 'w').write(made)
    elif open(sys.argv[1]).read() != made:
        sys.exit('%s is not what Python computes' % sys.argv[1])
    print('%d clocks' % sum(line.startswith(('end', 'resume', 'within', 'stands')) for line in made.split('\n')))


if __name__ == '__main__':
    main()
