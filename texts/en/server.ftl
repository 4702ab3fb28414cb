# The words of the server's pages. Titles and words: design/README.md.
#
# Markup in a text: <b> for what stands on the phone or is a name, <bdi> for what has its own direction; nothing else.
# What a text is filled with is escaped before. No straight quotes, no ampersand: a text may stand in an attribute.

# The product's name. Not translated.
product = Countersign

## On every page

skip = Skip to content
account-menu = Account
# $user is a user name.
account-menu-of = Account menu, { $user }
view-account = View account
sign-out = Sign out
help-desk = Help desk <bdi>{ $phone }</bdi>
privacy = Privacy

## Buttons

next = Next
back = Back
done = Done
save = Save
cancel = Cancel
continue = Continue
copy = Copy
copied = Copied
try-again = Try again
send-again = Send again
send-again-in = Send again in { $s } s
    .long = Send again in { $m } min { $s } s
ask-again-in = Ask again in { $s } s
    .long = Ask again in { $m } min { $s } s
delete = Delete
keep-it = Keep it

## Times

# $month is a number from 1 to 12.
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
 } { $year }
moment = { $date }, { $time } UTC
time-left = { $s } s left
    .long = { $m } min { $s } s left
code-good-for = The code is good for { $s } s.
    .long = The code is good for { $m } min { $s } s.
open-for = for { $s } s.
    .long = for { $m } min { $s } s.
try-again-in = Try again in { $s } s.
    .long = Try again in { $m } min { $s } s.
unknown = unknown
place-unknown = Place unknown

## Sign in

sign-in = Sign in
sign-in-lead = to go on to { $application }
user-name = User name
password = Password
sign-in-no-match = User name and password do not match. Check both.
sign-in-too-many = Too many wrong passwords.
signed-out = You are signed out
    .do = Close the browser if others use this computer.
sign-out-ask = Sign out?

## Methods

method-app = Authenticator app
    .about = You approve sign-ins on your phone. About two minutes.
    .asks = Type a number on the phone, approve
method-code = Code from the app
    .asks = Type the digits that the phone shows
part-get-the-app = Get the app
part-set-up = Set up your account
part-scan = Scan the QR code
part-test = Test it
tag-default = Default
tag-weak-key = Weak key
tag-codes-only = Codes only
no-methods = No sign-in method yet

## More information required

prompt = More information required
prompt-lead = { $methods ->
    [one] { $organisation } needs one more way to know that it is you. Then you go on.
   *[other] { $organisation } needs { $methods } more ways to know that it is you. Then you go on.
 }
prompt-phone-beside = Have your phone beside you.
not-now = Not now: sign out

## Keep your account secure

wizard = Keep your account secure
step-of = Step { $step } of { $steps }
step-then = then { $method }
step-last = last step
step-done = Done
steps-done = All done
part-of = { $part } of { $parts }: { $name }
next-is = Next: { $method }

get-the-app = Get the app
get-the-app-lead = Install Countersign on your phone, then come back to this page.
download = Download now
download-about = Free, no account needed
have-the-app = I have the app already

set-up = Set up your account
set-up-lead = On your phone, now:
set-up-open = Open Countersign. Allow notifications if you are asked.
set-up-add = Open the menu at the top right, <b>Customize and control</b>, and tap <b>Add account</b>.
set-up-choose = Choose <b>Work or school account</b>. The scanner opens.
set-up-time = Take your time. This page waits for you.

scan = Scan the QR code
scan-lead = Point the scanner in Countersign at this code. Then compare eight characters.
scan-not-yet = Your phone has not scanned the code yet
    .do = Scan it with Countersign, then press Next.
qr-label = QR code that adds { $account } to Countersign
waiting-for-phone = Waiting for your phone.
open-here = Open in the app on this device

cant-scan = Can’t scan the QR image?
cant-scan-lead = On the phone’s scanner, tap <b>Enter a code instead</b> and type these two.
type-not-yet = Your phone has not sent the code yet
    .do = Type both into Countersign, then press Next.
typed-code = Code
typed-url = URL
typed-hint = Spaces and capitals do not matter. There is no letter O, I or L and no digit 0 or 1.
typed-pin-hint = The part from # on belongs to the URL: it names this server’s own certificate.
back-to-qr = Back to the QR code

code-expired = This code has expired
    .do = A code is good for ten minutes. Nothing was added.
code-taken = This code has been used already
    .by = By <b>{ $phone }</b>; <b>{ $other }</b> has tried it since. A code adds one phone only.
    .do = If that is your phone, go on and compare the two. If not, remove it now: someone else has seen this code.
mine-compare = It is mine: compare
not-mine-remove = No, remove { $phone }
new-code = Show a new code
removed = { $phone } was removed
    .do = Nothing was set up. If the phone was not yours, someone else has seen the code. A new one is good for you alone.
gone = { $phone } has removed the account
    .do = Nothing was set up. Show a new code to start again.
tests-over = That was the fifth test
    .do = Nothing was set up. Show a new code to start again.
not-finished = Set-up was not finished
    .do = Nothing was set up. Show a new code to start again.
codes-over = Five codes in an hour is the most
phones-over = You have five phones, the most there can be
    .do = Delete one that you no longer use, then add the new one.

check = Is this your phone?
check-lead = Countersign on your phone shows eight characters. Are they these?
check-here-and-there = On this page and on your phone
check-yes = Yes, the same
check-no = No, remove it
check-what-then = Yes sends a test request to { $phone }. No ends this here: nothing was set up.
fact-phone = Phone
fact-key = Key
fact-scanned = Scanned
grade-chip-asks = In the phone’s security chip, asks for you each time
    .listed = Key in the phone’s security chip, asks for you each time
grade-chip = In the phone’s security chip, does not ask
    .listed = Key in the phone’s security chip, does not ask
grade-software = In software
    .listed = Key in software

platform-android = Android
platform-ios = iOS
platform-terminal = Terminal

test = Let’s test it
test-lead = We sent a test request to <b>{ $phone }</b>. Open it and check that it names { $organisation }.
waiting-for-answer = Waiting for your answer on the phone.
answer-not-yet = Your phone has not answered yet
    .do = Type the number on the phone, then Approve. Then go on here.
nothing-came = Nothing came? Open Countersign and pull down.
test-denied = You denied the request on { $phone }
    .do = Nothing was set up yet. Send it again, and approve it this time.
test-expired =
    .do = { $phone } did not answer within { $seconds } seconds. Open Countersign on it, then send again.
if-nothing-arrives = If nothing arrives
phone-online = Is the phone online?
    .do = Open Countersign and pull the list down.
notifications-allowed = Are notifications allowed?
    .do = Without them, requests show only while the app is open.
test-code-lead = Open Countersign on { $phone }. Type the { $digits } digits under <b>{ $organisation }</b>. Until a test is approved, { $phone } makes codes only.
request-again = Send a request again

connected = Your app is connected
connected-by-test = { $phone } approved the test.
connected-by-code = { $phone } makes codes. It approves sign-ins once it has approved a test: test it on Security info.
connected-default = It is now your default for two-step verification.

success = Success
success-lead = This is how you sign in from now on. Check that all of it is right.
success-change-later = You can change all of this on your Security info page.

## The number

number-label = Type this number on your phone
number-never-asked = Nobody from { $organisation } will ever ask you for this number.
wrong-number = That was not the number
    .do = A number has one try, so this request has ended. Send again for a new number.
expired = The request has expired

## Approve it on your phone

approve = Approve it on your phone
    .title = Approve the sign-in on your phone
approve-lead = Open Countersign on { $phone }.
    .any = Open Countersign on one of your phones.
approve-change = Approve the change on your phone
approve-change-lead = This is not a sign-in. Countersign on { $phone } names the change.
    .any = This is not a sign-in. Countersign on your phones names the change.
proved = The sign-in is approved
    .do = Continue to { $application }.
asking-sign-in = You are signing in
asking-change = You are changing
fact-application = Application
fact-account = Account
fact-from = From
fact-on = On
fact-what = What
fact-opens = Opens
opens-changes = Your methods for changes, { $minutes } minutes
compare-facts = Your phone shows the same. If it does not, tap <b>No, it’s not me</b>.
denied = The sign-in was denied on { $phone }
    .title = The request was denied
    .change = The change was denied on { $phone }
    .do = If that was a slip, you can ask again in a moment.
expired-lead = { $phone } did not answer within { $seconds } seconds.
    .any = No phone answered within { $seconds } seconds.
not-signed-in = You are not signed in.
nothing-changed = Nothing was changed.
cancelled = The request has ended
    .do = Nothing waits on your phone any more. Send again for a new number.
too-soon = We asked a moment ago
    .do = Your phone is asked again in a moment.
stopped = This sign-in was stopped
    .what = On the phone someone said: it’s not me. Requests are paused, and { $organisation } has it on record.
    .do = If it was you after all, sign in with a code, and lift the pause on Security info with the next one. It also ends by itself.
another-method = Use another method
paused = Requests are paused until { $until }
    .title = Requests are paused
    .what = Someone tried to sign in as you, and you said: it’s not me.
too-often = Requests rest until { $until }
    .title = Requests rest for now
    .what = Your phone was asked too often.
other-waiting = Another sign‑in is waiting
    .what = Your phone is being asked for another browser. One can wait at a time.
go-on-with = Go on here with
use-a-code = Use a code
    .from = From Countersign on { $phone }
    .any = From Countersign on your phone
no-phone = I don’t have my phone

code-instead = Use a code instead
code-label = Code from the app
code-hint = It changes every { $period } seconds. Works without a connection.
code-wrong = That is not the code. Wait for the next one if it has just changed.
code-not-digits = The code is { $digits } digits and nothing else. Type the ones that the phone shows now.
code-used = This code was used already. Wait for the next.
code-too-many = Ten wrong codes in an hour is the most. Use another method.
ask-the-app = Approve on the phone
approve-code-lead = Open Countersign on { $phone }. Type the { $digits } digits under <b>{ $organisation }</b>.
    .any = Open Countersign. Type the { $digits } digits under <b>{ $organisation }</b>.

## No method

no-method = This takes more than a password
    .title = More than a password
    .none-left = Your password is right, but none of your other methods is left. So that nobody who knows it can take your account, setting up takes someone’s help.
    .not-at-hand = Your password is right, but nobody else must get in with it. Without your phone, signing in takes someone’s help.
    .for-a-change = You are signed in, but what you change lets people in. Without your phone, changing it takes someone’s help.
    .help-desk = Call the help desk. It makes sure that it is you.
    .administrator = Ask the administrator of { $organisation }.
no-method-late = Your { $days } days to set up are over
    .what = { $organisation } gives new accounts { $days } days to set up with the password alone. Now it takes someone’s help, too.

## Account and Security info

account = Your account
security-info = Security info
security-info-lead = The ways you prove that it is you.
update-info = Update info
on-this-page = On this page
section-methods = Sign-in methods
section-phones = Phones with the app
add-method = Add sign-in method
choose-method = Choose a method
# What a request for a change names, on the page and on the phone. Plain text.
change-add = Add a phone
change-delete = Delete { $phone }
change-default = Offer first: { $method }
change-test = Let { $phone } approve sign-ins
change-lift-pause = Lift the pause
changes-need-approval = To change anything, you approve once more. Then changes are open for { $minutes } minutes.
open-for-changes = Open for changes
close-now = Close now
changes-closed = Changes are closed again
    .do = Nothing was changed. Approve once more.
phones-lead = { $phones ->
    [0] You can have { $most } at most.
   *[other] Lost or sold one? Delete it here. You have { $phones } of { $most } at most.
 }
phone-platform-added = { $platform } · app { $version } · added { $day }
phone-answered = Last answer { $time }
    .never = No answer yet
phone-added = { $phone } was added
    .what = It can approve sign-ins from now on.
phone-deleted = { $phone } was deleted
    .what = It can no longer approve sign-ins.
requests-paused = Requests are paused
    .what = Someone tried to sign in as you, and you said: it’s not me. The pause ends { $until }.
    .by-code = If it was you after all, type a code from a phone that you had before that. Then you can lift the pause.
    .never = Nothing lifts it earlier: that takes a code from a phone which you had before that.
lift-pause = Lift the pause now
pause-lifted = Requests are not paused any more
    .what = Your phone can be asked again.
approved-on = Approved on { $phone }
save-lead = Save to add the authenticator app to your account. Until then nothing has changed.
make-default = Make default
make-default-of = Make default: { $method }
default-changed = { $method } comes first
    .what = A sign-in offers it first from now on. You can always use another.
test-it = Test it
test-phone = Test it: { $phone }
delete-phone = Delete { $phone }
delete-phone-ask = Delete { $phone }?
delete-stops = It can no longer approve sign-ins. For good.
delete-stays = { $count ->
    [one] { $phones } stays.
   *[other] { $phones } stay.
 }
    .none = No other phone is left then.
delete-app-stays = The account stays listed in the app on that phone until it is removed there.
last-method = The authenticator app cannot be deleted yet
    .do = { $organisation } requires it, and it is the only one you have. Set up another phone first, then delete this one.
set-up-another = Set up another phone

## Errors

problem = Something went wrong on our side
    .title = Something went wrong
    .do = Nothing was changed. Try again in a minute.
    .reference = When you call, say { $reference } · { $time }
not-found = There is no such page
    .do = The address may have been cut off, or the page has moved.
foreign-form = This form is too old
    .do = It was opened before you signed in, or comes from another site. Nothing was changed. Open the page again.
bad-form = This form could not be read
    .do = Nothing was changed. Open the page again.
busy = Too many are signing in just now
    .do = Your password was not looked at. Try again in a moment.
