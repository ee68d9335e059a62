// Plays persons at the desk in Chromium: desk.mjs CONFIG (made by desk.py). Every check says what it saw; the first fault of
// each is printed, and the exit code counts them.
import fs from 'node:fs'
import https from 'node:https'
import { createRequire } from 'node:module'
import { execFileSync } from 'node:child_process'

const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const require = createRequire(config.modules + '/')
const { chromium } = require('playwright-core')
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const origin = config.address.replace(/\/$/, '')
const other = config.other.replace(/\/$/, '')
let faults = 0, checks = 0

function is(what, seen, wanted) {
	checks++
	if (seen === wanted) return
	faults++
	console.error(`${what}: saw ${JSON.stringify(seen)}, wanted ${JSON.stringify(wanted)}`)
}
const totp = (person) => execFileSync('oathtool', ['--totp', '-b', config.secrets[person]], { encoding: 'utf8' }).trim()

// A call without a browser, as an attacker makes it.
function call(method, path, fields, body) {
	return new Promise((done, failed) => {
		const rq = https.request(origin + path, { method, rejectUnauthorized: false, headers: fields }, (answer) => {
			let text = ''
			answer.on('data', (part) => (text += part))
			answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }))
		})
		rq.on('error', failed)
		rq.end(body)
	})
}

const browser = await chromium.launch({
	executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
})

// A person's window. Whatever leaves the host, breaks the policy of the page or opens a dialogue is a fault.
async function person(options) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1360, height: 900 }, ...options })
	const page = await context.newPage()
	page.on('request', (rq) => is('a request to elsewhere', [origin, other].some((o) => rq.url().startsWith(o + '/')), true))
	page.on('console', (line) => line.type() === 'error' && !/status of (403|404|413|422)/.test(line.text()) && is('the console', line.text(), ''))
	page.on('pageerror', (error) => is('a script', error.message, ''))
	page.on('dialog', (dialog) => { is('a dialogue', dialog.message(), ''); dialog.dismiss() })
	return { context, page }
}

async function accessible(page, what) {
	const scripts = await page.context().newCDPSession(page) // the policy of the page lets no script in; the judge is none of its
	await scripts.send('Page.setBypassCSP', { enabled: true })
	await page.evaluate(axe)
	const found = await page.evaluate(() => window.axe.run(document,
		{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
	const said = found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 2).map((n) => n.target.join(' ')).join(' | ')}`)
	is(`axe on ${what}`, said.join('; '), '')
	const size = page.viewportSize()
	await page.setViewportSize({ width: 320, height: 640 })
	is(`${what} at 320 px scrolls sideways by`, await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth)), 0)
	await page.setViewportSize(size)
}

async function signIn(page, who, password) {
	await page.fill('#person', who)
	await page.fill('#password', password)
	await page.fill('#code', totp(who))
	await page.click('main button.go')
}

// -- the officer, in English and without JavaScript too
async function officer(who, options) {
	const { context, page } = await person(options)
	await page.goto(origin + '/')
	is('nobody is sent to', page.url(), origin + '/sign-in?next=%2F')
	await accessible(page, 'signing in')
	await signIn(page, who, 'a wrong pass phrase')
	is('a wrong password is said', await page.locator('.sum[role=alert]').count(), 1)
	is('the name stays', await page.inputValue('#person'), who)
	is('the password does not', await page.inputValue('#password'), '')
	await accessible(page, 'signing in, refused')
	return { context, page }
}

const jan = await officer('jan', { locale: 'en-GB' })
await signIn(jan.page, 'jan', config.password)
is('signed in', jan.page.url(), origin + '/')
is('the page', await jan.page.textContent('h1'), 'Duty desk')
is('a hostile title is a text', await jan.page.locator('.rows .t').last().textContent(), config.hostile)
is('no script came in', await jan.page.locator('script:not([src])').count(), 0)
is('no picture came in', await jan.page.locator('img').count(), 0)
await accessible(jan.page, 'the desk')

const cookie = (await jan.context.cookies()).find((c) => c.name === '__Host-comity')
is('the cookie', [cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.path].join(), 'true,true,Lax,/')
const weight = (await (await jan.page.goto(origin + '/')).body()).length
is('a page weighs less than 60 kB', weight < 60000, true)

// -- a request, and a word on it; the texts are hostile again
await jan.page.click('.rows .t >> text=alert(1)')
is('the request', await jan.page.textContent('h1'), config.hostile)
await accessible(jan.page, 'a request')
const request = jan.page.url()
const say = async (page, event, fields) => {
	const form = page.locator(`details:has(input[name=event][value=${event}])`)
	if ((await form.getAttribute('open')) === null) await form.locator('summary').click()
	for (const [name, text] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(text)
	await form.locator('button').click()
}
await say(jan.page, 'ask_status', { text: config.hostile })
is('said, and back to the request', jan.page.url(), request)
is('nothing stands against it', await jan.page.locator('.sum').count(), 0)
await jan.page.goto(request + '?lang=ar')
await accessible(jan.page, 'a request in Arabic')
await jan.page.goto(request + '?lang=en')
await say(jan.page, 'withdraw', { text: 'x'.repeat(70000) })
is('what is too long is said', await jan.page.locator('.sum code').textContent(), 'form_field')

// -- the other side decides, and this side sees it
const olaf = await person({ locale: 'en-GB' })
await olaf.page.goto(other + '/requests')
await signIn(olaf.page, 'olaf', config.password)
await olaf.page.click('.rows .t >> text=alert(1)')
await say(olaf.page, 'preserve', { until: '2026-01-01T10:00', text: 'All of it.' })
is('an end in the past is refused', await olaf.page.locator('.sum').count() > 0, true)
is('what was typed stays', await olaf.page.locator('details[open] textarea[name=text]').inputValue(), 'All of it.')
await say(olaf.page, 'preserve', { until: '', order_reference: 'PO-1', text: 'All of it.' })
is('preserved', await olaf.page.textContent('.head .chip'), 'Preserved')
await accessible(olaf.page, 'a preservation')
await olaf.context.close()
await jan.page.goto(request)
for (let i = 0; i < 100 && (await jan.page.textContent('.head .chip')) !== 'Preserved'; i++) await jan.page.reload()
is('preserved, here too', await jan.page.textContent('.head .chip'), 'Preserved')
await jan.page.goto(origin + '/requests')
is('the list', await jan.page.locator('.rows .t').last().textContent(), config.hostile)
await accessible(jan.page, 'the list of requests')
await jan.page.goto(origin + '/requests/00000000-0000-4000-8000-000000000000')
is('a request that is none', await jan.page.locator('.sum').count(), 1)
await accessible(jan.page, 'a request that is none')
await jan.page.goto(origin + '/')

// -- the same in Arabic
await jan.page.selectOption('#lang', 'ar')
await jan.page.click('form.lang button')
is('Arabic', await jan.page.getAttribute('html', 'lang'), 'ar')
is('from right to left', await jan.page.getAttribute('html', 'dir'), 'rtl')
is('its title', await jan.page.textContent('h1'), 'مكتب المناوبة')
is('the choice stays', await (await jan.page.goto(origin + '/')).text().then((t) => t.includes('dir="rtl"')), true)
await accessible(jan.page, 'the desk in Arabic')

// -- attacks
const jar = { Cookie: `__Host-comity=${cookie.value}` }
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
async function refused(what, rule, status, method, path, fields, body) {
	const answer = await call(method, path, fields, body)
	is(what, answer.status, status)
	is(`${what}: the rule`, (answer.text.match(/<code>([a-z_]+)<\/code>/) ?? [])[1], rule)
}
await refused('another page posts', 'desk_origin', 403, 'POST', '/sign-out', { ...jar, ...form, Origin: 'https://evil.example' }, 'form=x')
await refused('a page without an origin posts', 'desk_origin', 403, 'POST', '/sign-out', { ...jar, ...form }, 'form=x')
await refused('a form of another session', 'desk_form', 403, 'POST', '/sign-out', { ...jar, ...form, Origin: origin }, 'form=x')
await refused('a page that is none', 'desk_page_none', 404, 'GET', '/nothing', jar)
await refused('a form that is none', 'desk_form', 403, 'POST', '/nothing', { ...jar, ...form, Origin: origin }, 'x=y')
is('still signed in', (await call('GET', '/', jar)).status, 200)
is('a guessed session', (await call('GET', '/', { Cookie: '__Host-comity=' + 'A'.repeat(43) })).status, 303)
is('another host to go to', (await call('GET', '/sign-in?next=%2F%2Fevil.example')).text.includes('href="//evil'), false)
is('another method', (await call('DELETE', '/', jar)).status, 405)
const head = (await call('GET', '/sign-in')).headers
is('no frame', head['content-security-policy'].includes("frame-ancestors 'none'"), true)
is('nothing is kept', head['cache-control'], 'no-store')

// -- signing out ends the session everywhere
await jan.page.click('form[action="/sign-out"] button')
is('signed out', jan.page.url().startsWith(origin + '/sign-in'), true)
is('a stolen session is worth nothing then', (await call('GET', '/', jar)).status, 303)
await jan.page.goBack()
is('nor the back button', await jan.page.locator('#password').count(), 1)
await jan.context.close()

// -- without JavaScript, in Arabic from the first page on
const kaja = await officer('kaja', { locale: 'ar', javaScriptEnabled: true })
is('the browser\'s language', await kaja.page.getAttribute('html', 'lang'), 'ar')
await kaja.context.close()
const plain = await person({ locale: 'ar', javaScriptEnabled: false })
await plain.page.goto(origin + '/')
await signIn(plain.page, 'kaja', config.password)
is('signed in without JavaScript', plain.page.url(), origin + '/')
is('in Arabic', await plain.page.textContent('h1'), 'مكتب المناوبة')
await plain.context.close()
await browser.close()
console.log(`${checks} checks, ${faults} faults`)
process.exit(faults > 0 ? 1 : 0)
