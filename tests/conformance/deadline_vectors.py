#!/usr/bin/env python3
"""deadline_vectors.py FILE [--write]: ends of clocks computed by Python's own calendar and time zones, of which nothing is ours.
Without --write the FILE in the tree must be what it computes; deadline tests of the domain read the same file.
Lines: calendar NAME OFFSET WEEKEND HOLIDAYS CHANGES; end CALENDAR COUNTING UNIT NUMBER START END; resume CALENDAR COUNTING
END PAUSED RESUMED END; text CALENDAR MOMENT TEXT. Tab-separated; moments are seconds of Unix time, dates days since 1970."""
import calendar, datetime as d, random, sys
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
    print('%d clocks' % sum(line.startswith(('end', 'resume')) for line in made.split('\n')))


main()
