# The app's words, on every platform. The terminal reads this file; the shells of the phones get theirs from it.
# Titles and words: design/README.md.
#
# What went wrong, and how a request ended, has two parts: what happened (a title, so without a full stop) and what to
# do (`.do`, sentences). No straight quotes.

# The product's name. Not translated.
product = Countersign

## How two parts stand in one line

# $happened and $do are the two parts of a text of this file.
happened-and-do = { $happened }. { $do }
# A name, and its second line beside it.
beside = { $name } · { $second }

## Times

seconds = { $s } s
seconds-left = { $s } s left
minutes-left = { $m } min { $s } s left
# $time is a time of the day, $day a date, as numbers.
at-time = { $time }
at-day = { $day }, { $time }

## Accounts

accounts = Accounts
no-accounts = No accounts yet
    .do = Have a QR code in front of you? Add the account it belongs to.
search = Search
nothing-found = Nothing found
    .do = No account here has { $text } in its name.
next-code = next { $code }
no-code-yet = Ask for a code
code-locked = Locked
code-damaged = Its key is damaged
approves-only = Approves sign-ins, no codes
issuer-unknown = One-time code
account-ready = Approves sign-ins
    .do = Requests come to the list by themselves.
account-set-up-again = Set up again: its keys are gone
    .do = Remove the account, then add it again with a new code from your organisation’s page.
account-removed = Removed by { $organisation }
    .do = This phone was taken off your account. Its codes and approvals no longer count. Remove the account, or set it up again.
account-paused = Requests paused until { $until }
    .do = You said: it’s not me. No request reaches this phone until then; codes go on as they are. Lift the pause on Security info, or call the help desk.
account-codes-only = Codes only: no test was approved yet
    .do = To approve sign-ins, too, test this phone on your Security info page.
account-damaged = This account cannot be read
    .do = Remove it and add it again. The others are not touched.
account-pending = Waiting for the page: { $check }
account-unreachable = { $host } does not answer
    .do = Check your connection. It tries again by itself.

# $what is the application, or the organisation of what is not a sign-in.
# The short ones are for 36 columns.
waiting-sign-in = A sign-in is waiting: { $what }, { $left }
    .short = A sign-in is waiting, { $left }
waiting-test = A test request is waiting: { $what }, { $left }
    .short = A test request is waiting, { $left }
waiting-reset = A password reset is waiting: { $what }, { $left }
    .short = A password reset waits, { $left }
waiting-method = A change of methods is waiting: { $what }, { $left }
    .short = A change of methods waits, { $left }

## Add account

add-type = Add account
    .ask = What kind of account?
add-work = Work or school account
    .about = Approves sign-ins, makes codes
add-other = Other account
    .about = One-time codes from any site
add-how = How?
add-picture = Picture of the QR code
    .about = A screenshot or photo, PNG or JPEG
add-typed = Code and URL
    .about = Both are on the page, under “Can’t scan the QR image?”
add-link = Link or text of a QR code
    .about = It begins with countersign:// or otpauth://
add-key = Key by hand
    .about = The letters that the site shows beside its QR code

scan = Scan the QR code
scan-lead = The picture file of the page “Scan the QR code”.
scan-lead-other = The picture file of the QR code that the site shows.
field-picture = File
enter-code = Enter a code
enter-code-lead = Both are on the page, under “Can’t scan the QR image?”.
field-code = Code
field-url = URL
enter-link = Enter a link
enter-link-lead = The text of a QR code: countersign:// or otpauth://
field-link = Link
enter-key = Enter a key
enter-key-lead = Letters A to Z and digits 2 to 7.
field-issuer = Where is it for?
field-account-name = Account name
field-key = Key
field-kind = Kind
field-hash = Hash
field-digits = Digits
field-period = Seconds
kind-time = By time
kind-counter = By counter
kind-steam = Steam Guard

add-this = Add this account?
add-this-lead = It comes from a link. Go on only if you asked for it yourself.
choose-code = Which one?
choose-code-lead = There are several codes in this picture.
choose-code-unusable = Not usable here: { $happened }
already-here = This account is here already
    .do = Nothing was changed.
same-name = There is a { $organisation } already
    .do = This one has the same name, but comes from another server. Anyone can take a name. Compare the servers.
same-name-here = On this phone: { $host }
same-name-new = New: { $host }
# $host is the other server.
shared-name = Another { $organisation } is here, too
    .do = It comes from another server, { $host }. Anyone can take a name: compare the servers before you approve.

reading-picture = Looking for the code
asking-server = Asking { $host }
adding = Adding the account
checking = Asking for requests

added = Compare with the page
added-lead = The page asks “Is this your phone?” and shows eight characters. If they are the same, press Yes there, and go on to the end.
check-line = Compare with the page:
waiting-for-page = Waiting for the page
added-done = { $organisation } is set up
    .title = Account added
    .do = You approve its sign-ins on this phone from now on.
added-codes = { $name } was added
    .do = Its codes are in the list.
not-set-up = { $organisation } was not set up
    .do = Nothing was set up. Ask the page for a new code.
added-no = { $organisation } was removed
    .title = Account removed
    .do = The eight characters did not match, so something stood between. Nothing was set up. Ask the page for a new code, on a network that you trust.

## Requests

request-sign-in = Sign-in request
request-test = Test request
request-method = Change of methods
request-reset = Password reset
ask-sign-in = Signing in to { $application }?
ask-test = Setting up { $organisation }?
ask-method = Change how you sign in to { $organisation }?
ask-reset = Reset your password at { $organisation }?
not-sign-in-test = A test. Nobody is signing in.
not-sign-in-method = Not a sign-in. It opens your methods for 10 min
not-sign-in-reset = Not a sign-in. It allows a new password
fact-at = At
fact-account = Account
fact-what = What
fact-why = Why
fact-from = From
fact-on = On
fact-number = Number
fact-was = Was
fact-asked = Asked
# $organisation and its $host always stand together.
organisation-at = { $organisation } · { $host }
place-and-address = { $place } · { $address }
unknown = unknown
place-unknown = Place unknown
not-now-sign-in = Not signing in right now? Then it’s not you.
not-now-test = Not setting up right now? Then it’s not you.
not-now-method = Not changing it right now? Then it’s not you.
not-now-reset = Not resetting it right now? Then it’s not you.
digits-missing = The number has { $digits } digits
    .do = Type all of them, as the sign-in page shows them.
report = Report
report-ask = Was this not you: { $what }?
report-lead = A report stops it, also where it was approved: what it opened is closed, and phones that were added there are taken off. No request reaches you for a day, and your password has to be changed.
nothing-waits = No request is waiting
    .do = Requests come to the list by themselves.
nobody-to-ask = No account here gets requests
    .do = Add a work or school account.
same-number = Is this the number on the sign-in page?
sending = Sending your answer to { $organisation }
    .do = Keep the app open. It tries again by itself.

## How a request ended

verdict-approved = Approved
    .do = You are signed in to { $application } on the other screen.
    .test = The page goes on by itself.
    .method = Your methods at { $organisation } are open for changes, on the other screen.
    .reset = You can choose a new password, on the other screen.
verdict-denied = Denied
    .do = Nobody got in. If you did not try to sign in, report it.
    .other = Nothing was changed. If you did not ask for it, report it.
verdict-wrong-number = That was not the number
    .do = A number has one try. On the page, send it again for a new one.
verdict-expired = Too late
    .do = The request has expired. Ask again if it was you.
verdict-cancelled = The sign-in has ended
    .other = The request has ended
    .do = Nothing is left to do here.
verdict-answered-elsewhere = { $phone } answered first
    .any = Another phone answered first
    .do = Nothing is left to do here.
verdict-reported = Reported
    .do = The sign-in is stopped, and requests are paused. Have your password changed now, before you do anything else: your organisation’s help desk does it.
    .test = The test is stopped. Nothing was set up.
    .method = It is stopped, and requests are paused. Have your password changed now, before you do anything else: your organisation’s help desk does it.
    .reset = It is stopped, and password resets are paused.
not-confirmed = Sent, not confirmed
    .do = The sign-in page shows what counts. A report is sent again by itself, for a day.
report-late = It is too late to report this
    .do = A report counts for 24 hours. If it was not you, change your password and call your help desk.
not-genuine = A request is not genuine. It is not shown
    .do = Tell your help desk if this happens again.
# One line of the list of what ended: the sign stands before it, $about is the next one.
ended-line = { $happened }. { $about }
ended-about = { $what }, { $time }
ended-what = { $what }, { $place }
endings = Ended requests
endings-lead = Was one of them not you? Open it and report it, up to a day after it ended.
endings-none = No request has ended lately.
# Of a request that ended before the app was started, nothing is left but its account and the time.
ended-before = Ended before this start
    .about = { $name }, { $time }
    .ask = Was this not you: a request of { $name }, { $time }?

## An account and its settings

account-settings = Account settings
this-device = This device
    .lead = What your organisations call it, on Security info and in requests. Empty takes the computer’s name again.
device-named = This device is { $name }
    .do = Your servers are told. One that does not answer hears it at the next contact.
    .nobody = The servers of the accounts that you add hear it.
naming-device = Telling your servers
field-name = Name
organisation = Organisation
remove-account = Remove account
server = Server
help-desk = Help desk
help-desk-none = Your organisation names none.
call-help-desk = Call the help desk: { $phone }
reference-lead = What to hand to the help desk: words and times, no names.
# $day is a date, $offset hours and minutes from UTC. Under it stand times, the same in Unix seconds, and words.
diagnostics-day = { $day }, UTC{ $offset }
remove-ask = Remove { $name } from this phone?
remove-lead = Its codes and approvals stop here at once. If this phone is your only way to sign in, set up another first.
    .codes = Its codes stop here at once, for good. Turn two-step verification off at the site first.
remove-other = Lost another phone? Delete that one on your Security info page.
removed-here = { $name } was removed
    .do = { $host } has been told. Its codes and approvals count no more.
    .later = { $host } is told as soon as it answers, when Countersign is open.
    .codes = Its codes are gone from here.
    .unknown = Its keys were gone already, so { $host } could not be told. Delete this phone on your Security info page, too.
removed-why = Why: { $why }
again-where = On your Security info page: Add sign-in method, then Authenticator app.
    .none = No other method left? Your help desk gives you a temporary pass.
reason-phone = Removed in the app
reason-person = Deleted on Security info
reason-help-desk = Deleted by the help desk
reason-replaced = Another set-up of this phone took its place
reason-check = The eight characters did not match
reason-unsaved = Set-up was not finished
reason-report = A request was reported as not yours

## Locked

locked = Countersign is locked
locked-lead = Your accounts are sealed until you unlock.
waiting-behind-lock = A request is waiting
    .do = Unlock to see who asks.
locked-codes = Codes and approvals are locked
    .do = Requests can be read and denied. To approve or report, unlock.
passphrase = Passphrase
passphrase-again = The same again
passphrase-choose = Choose a passphrase
passphrase-choose-lead = No keyring runs here, so a passphrase seals your accounts. Five words or more are good. Without it, or an unlock code that you make later, nobody can open them.
form-empty = Nothing is typed yet
    .do = Type it, or leave with Esc.
passphrase-short = At least { $least } characters
    .do = Five words are easy to keep in mind.
passphrase-differ = The two are not the same
    .do = Type it again.
locked-elsewhere-lead = No keyring runs here, or it is locked. The unlock code opens your accounts, too.
no-keyring-lead = No keyring runs here, or it is locked. Start Countersign on the desktop where it runs. An unlock code made there opens your accounts here, too.
recover = Open your codes another way
recover-lead = The key that opened them is gone. It was in this computer’s keyring.
key-gone = Your accounts do not open
key-gone-lead = Nothing else opens them: no unlock code was made. Their files stay as they are. If the keyring gets its key back, from a backup of it for one, they open again.
nothing-before = There is nothing before it that opens
    .do = Put the files back from a backup and try again, or start over.
    .command = Put the files back from a backup and try again, or start over by “countersign start-over”.
start-over = Start over without these accounts?
start-over-lead = Their files are moved to a folder beside and stay as they are: moved back, they open with what opened them. Then set up each account again: on Security info delete this phone and add it anew, or call the help desk.
started-over = You start over
    .do = The old files are in { $folder }.
starting-over = Putting the files aside
unlock-code = Unlock code
offer-code-lead = Only this computer’s keyring opens your accounts. If it loses their key, nothing else does. An unlock code is a second way: 28 characters to write down.
    .passphrase = An unlock code opens your accounts when nothing else does: 28 characters to write down.
    .again = One was made before. A new one takes its place.
making-code = Making the code
unlock-code-made = Write this down
    .do = It opens your accounts when nothing else does. Keep it where this computer is not. You see it this once.
passphrase-or-code = Passphrase or unlock code
restore-lead = Their file is damaged; it is left as it is. What was there before the last change may still open. What that change did is lost then.
this-computer = Computer
unlocking = Opening your accounts

## What went wrong: what happened, and what to do

unreachable = { $host } does not answer
    .do = Check your connection, then try again.
activation-unknown = This code is not known
    .do = Compare it with the page, or show a new code there.
activation-expired = This code has expired. Nothing was added
    .do = Show a new code on the page.
activation-used = This code has been used already
    .do = The page names the phone that used it. Not this one? Choose “Show a new code” there, then use that.
bad-call = Something went wrong at { $host }
    .do = Nothing was changed. Try again in a minute.
unknown-device = { $host } does not know this phone
    .do = Nothing was changed. Call your help desk if it stays.
internal = Something went wrong at { $host }
    .do = Nothing was changed. Try again in a minute.
too-many = { $host } asks to wait
    .do = Try again in a minute.
update-app = This Countersign is too old
    .do = Update the app.
update-server = { $host } is too old
    .do = Tell your help desk.
untrusted-certificate = { $host } has a certificate of its own
    .do = Type the # and the 16 characters behind the URL, too. Nothing on the page behind the URL? Then stop, and call your help desk.
untrusted-tls-key = { $host } is not the server of this code
    .do = Its key is another one. Compare what you typed with the page, or show a new code there, on a network that you trust.
untrusted-identity = { $host } is not the server you enrolled with
    .do = Do nothing. Call your help desk.
untrusted-reply = { $host } sent what this app cannot take
    .do = Nothing was changed. Tell your help desk if it stays.
clock = Your clock is { $minutes } min off
    .do = Let the computer set its time by itself.
vault-locked = Countersign is locked
    .do = Unlock it first.
vault-key-missing = The key that opened your accounts is gone
    .do = Only an unlock code that was made before opens them. Without one, start over: their files are put aside, nothing is deleted.
vault-no-passphrase = Only the keyring opens your accounts
    .do = Start Countersign where the keyring runs and is unlocked, without --passphrase-fd. An unlock code made there opens them here, too.
vault-no-unlock-code = No unlock code was made for your accounts
    .do = Open them the way you usually do.
vault-no-key = The keyring has no part in your accounts
    .do = Type the passphrase.
vault-wrong-secret = That does not open your accounts
    .do = Compare it and type it again.
    .command = The passphrase or unlock code is another one. Compare it, then try again.
vault-damaged = Your accounts cannot be read
    .do = Their file is damaged; it is left as it is. What was there before the last change may still open.
    .command = Their file is damaged; it is left as it is. “countersign restore” opens what was there before the last change, where that can be read.
vault-newer = Your accounts are from a newer Countersign
    .do = Update the app.
storage-full = The disk is full. Nothing was kept
    .do = Make room and try again. What was there is untouched.
storage-read-only = The folder may not be written. Nothing was kept
    .do = Give Countersign its folder back and try again. What was there is untouched.
storage-failed = The disk cannot be read or written
    .do = Look at the disk and at the folder of the accounts, then try again. What was there is untouched.
key-cancelled = You did not say that it is you
    .do = Nothing was sent. Try again.
key-not-now = The keyring is locked
    .do = Unlock the keyring and try again.
key-invalidated = The keys of this account are gone
    .do = Set it up again.
key-missing = A key of this account is missing
    .do = Set it up again.
key-unsupported = No keyring runs here
    .do = Start Countersign where it runs.
key-failed = The keyring failed with code { $code }
    .do = Try again. Restart the keyring if it stays.
gone = This is not here any more
    .do = Look at the list again.
name-refused = This name cannot be taken
    .do = Use at most { $most } characters, without hidden ones.
typed-wrongly = What you typed cannot be right
    .do = Compare what you typed with what is asked for.
given-up = Nothing was added
    .do = You left before it was done. The page shows a new code if this one is used up.
cancelled = It did not come to its end
    .do = Look at the list: it shows what counts. Then try again.

older-generation = Your accounts are from an earlier day
    .do = Compare the list: what was added since is missing.
write-failed = The last change was not kept
    .do = Make room on the disk. What was there is untouched.

## What was scanned, pasted or typed is no account: what it is, and what to do instead

offer-no-account = There is no account in this code
    .do = Take the one on the page “Scan the QR code”.
offer-unknown-scheme = This code is of another app
    .do = Take the one on the page “Scan the QR code”, or the one that the site shows for authenticator apps.
offer-too-long = This is longer than any code
    .do = Copy only the link, and paste it again.
offer-microsoft-activation = Only Microsoft Authenticator can use this code
    .do = On that page choose “I want to use a different authenticator app”. Then scan the new code.
offer-google-export = This is a part of an export of Google Authenticator
    .do = It cannot be imported yet. Add the accounts one by one, by the codes of their sites.
offer-privacyidea = Only the privacyIDEA app can use this code
    .do = Ask your help desk for a one-time code token.
offer-edumfa = Only the eduMFA app can use this code
    .do = Ask your help desk for a one-time code token.
offer-duo = Only Duo Mobile can use this code
    .do = On that page choose another authenticator app, if it offers one.
offer-okta = Only Okta Verify can use this code
    .do = On that page choose “Google Authenticator”, if it is there. Its codes work here.
offer-steam = Only Steam’s own app can use this code
    .do = Sign in with Steam’s app.
offer-passkey = This code signs in with a passkey
    .do = Scan it with the camera of the phone that has the passkey.
offer-unknown-kind = Codes of this kind are not made here
    .do = Ask the site for codes by time.
offer-half-secret = This code has only the half of a key
    .do = Ask your help desk for a code without a second step.
offer-malformed-link = This link is damaged
    .do = Copy it again, all of it, or scan the code.
offer-doubled-parameter = This code says the same thing twice
    .do = Ask the site for a new code.
offer-secret-missing = There is no key in this code
    .do = Ask the site for a new code, or type its key by hand.
offer-secret-character = A key has the letters A to Z and the digits 2 to 7
    .do = Compare it with the page: there is no 0, 1, 8 or 9.
offer-secret-incomplete = A part of the key is missing
    .do = Compare it with the page, to its end.
offer-secret-too-long = This key is too long
    .do = Compare it with the page.
offer-unknown-algorithm = The hash of this code is not known here
    .do = Ask the site for codes with SHA1, SHA256 or SHA512.
offer-digits-out-of-range = Codes have 6 to 10 digits
    .do = Compare the digits with the page.
offer-period-out-of-range = A code lasts 1 to 300 seconds
    .do = Compare the seconds with the page.
offer-counter-missing = The counter of this code is missing
    .do = Ask the site for a new code.
offer-activation-damaged = This code of Countersign is damaged
    .do = Show a new code on the page.
offer-activation-newer = This code is for a newer Countersign
    .do = Update the app.
offer-typed-code = The code has 12 letters and digits
    .do = Check it against the page. In the code, and in the 16 characters behind #, is no letter O, I or L and no digit 0 or 1.
offer-typed-address = A URL here begins with https://
    .do = Check it against the page.

## Pictures

picture-missing = There is no such file
    .do = Check its name. Tab completes it.
    .command = Check its name, or give a link that begins with countersign:// or otpauth://.
picture-unreadable = This file cannot be read
    .do = Check who may read it.
picture-folder = This is a folder
    .do = Name a picture file in it. Tab completes it.
    .command = Name a picture file in it.
picture-not-a-picture = This file is no picture
    .do = Choose a screenshot or photo of the QR code.
picture-other-kind = This kind of picture is not read here
    .do = Save it as PNG or JPEG.
picture-damaged = This picture is damaged
    .do = Take the screenshot again.
picture-too-large = This picture is too large
    .do = Cut out the QR code and try again.
picture-no-code = There is no QR code in this picture
    .do = Take a screenshot of the whole code, with the white around it.
picture-code-unreadable = The QR code in this picture cannot be read
    .do = Take the screenshot again, larger.

## The terminal app: its screens

keys = Keys
too-small = { $columns } x { $rows } is too small
    .do = Make the window at least 40 x 12.
key-enter = Enter
key-escape = Esc
key-tab = Tab
key-backspace = Backspace
key-up-down = Up, Down
key-pages = PgUp, PgDn
key-ends = Home, End
key-delete = Delete
key-control-u = Ctrl U
key-left-right = Left, Right
key-digits = Digits
key-control-c = Ctrl C
key-control-o = Ctrl O
press-open = open
press-open-waiting = open what waits
press-search = search
press-add = add
press-keys = keys
press-deny = deny
press-report = no, it’s not me
press-report-after = report: it wasn’t me
press-report-now = report it
press-report-not = do not report
press-approve = approve
press-approve-not-yet = approves when typed
press-leave = leave
press-settings = settings
press-remove = remove
press-next-code = next code
press-refresh = ask for requests
press-endings = ended requests
press-lock = lock
press-name-device = name this device
press-unlock = unlock
press-dismiss = dismiss notices
press-restore = open what was before
press-unlock-code = unlock code
press-start-over = start over
press-try-again = try again
press-type-it = type it
press-make-code = make one
press-not-now = not now
press-written-down = it is written down
press-quit = quit
press-choose = choose
press-next = next
press-save = save
press-done = done
press-keep = keep it
press-type-number = type the number
press-delete-digit = delete a digit
press-change = change
press-complete = complete the name
press-next-field = next field
press-next-field-or-on = next field, and from the last one on
press-fields = choose a field
press-tab = next field; for a file, complete its name
press-cursor = move the cursor
press-cursor-end = to the beginning, to the end
press-delete-before = delete before the cursor
press-delete-behind = delete behind the cursor
press-clear = clear the line
press-page = a page up, down
press-end = to the first, to the last
press-open-vault = open what is shut, or say how
press-not-ours = the page shows others
press-help-desk = help desk
press-scroll = scroll
# Where a key does what: the titles of the list of keys.
keys-list = In the list
keys-search = In the search
keys-card = On a request
keys-card-lead = Approve works only when all digits are there; deny and report work at once. Leaving a request changes nothing.
keys-ended = On a request that has ended
keys-endings = In the list of ended requests
keys-report = On the question of a report
keys-account = On an account
keys-settings = In the settings of an account
keys-removal = On the question of a removal
keys-check = On the check of a new account
keys-menu = In a menu
keys-form = In a form
keys-line = In a line that you type
keys-text = In a long text
keys-offer-code = On the offer of an unlock code
keys-unlock-code = On an unlock code
keys-shut = Before accounts that are shut
keys-start-over = On the question of starting over
# `?` is typed in a form and in the search.
keys-everywhere = Everywhere

## The commands: help

cmd-about = Your accounts, codes and sign-in requests. Without a command: the full-screen app.
cmd-exit =
    Exit codes:
      0  done
      1  it did not work; what happened and what to do are on standard error
      2  the command was not understood
      3  the vault is locked: a passphrase is missing or wrong
      4  there is no such account or request, or none came in time
      5  the request ended otherwise than asked
cmd-add = Add an account by a picture of its QR code, by its link, or by a typed code and URL
cmd-add-offer = Picture file (PNG or JPEG), or a countersign:// or otpauth:// link; - reads either from standard input. A link has a secret in it: others on this computer see it on the command line, and the shell remembers it, so use - for it
cmd-add-code = Code that the page shows under “Can’t scan the QR image?”; - reads it from standard input, where nobody else sees it
cmd-add-url = URL beside that code
cmd-add-choose = Which of several codes in a picture, from 1
cmd-accounts = List the accounts
cmd-codes = List the codes that count now
cmd-codes-account = Only of this account: id, or a part of its name
cmd-codes-next = Ask for the next code of an account whose codes are counted
cmd-requests = List the requests that wait
cmd-requests-wait = Wait so many seconds for one
cmd-approve = Approve a request with the number that the sign-in page shows
cmd-approve-number = Number on the sign-in page
cmd-deny = Deny a request
cmd-report = Say that it is not you: stops the sign-in and pauses requests
cmd-request = Id of the request, as “requests” lists it; its first four characters will do if no other begins so
cmd-remove = Remove an account from this computer
cmd-remove-account = Account: id, or a part of its name that fits no other
cmd-name = Show what this device is called at its servers, or name it
cmd-name-name = Its name from now on; an empty one takes the computer’s again
cmd-restore = Open what was there before the last change, where the file of the accounts is damaged
cmd-unlock-code = Make an unlock code: it opens the accounts when the keyring has lost their key, or the passphrase is forgotten
cmd-start-over = Put accounts that do not open aside, so that new ones can be added; no file is deleted
cmd-diagnostics = What happened lately, for a help desk: words and times, no names
cmd-folder = Folder of the accounts
cmd-json = Write JSON
cmd-passphrase-fd = Read the passphrase from this file descriptor

## The commands: what they write

out-added = { $name } was added.
out-check = Compare with the page: { $check }
out-check-do = If the page shows the same, press Yes there; then a test request comes. If not: countersign remove { $id }
out-restored = What was there before the last change is open again
    .do = Compare the list: what that change did is lost.
not-damaged = Your accounts are not damaged
    .do = Nothing was changed.
passphrase-empty = There is no passphrase in what was read
    .do = Write it on the first line.
out-no-accounts = No accounts.
out-no-codes = No account makes codes.
out-digits = Number: { $digits } digits
out-no-requests = No request is waiting.
out-one-way = Only this computer’s keyring opens your accounts. For a second way: countersign unlock-code
out-passphrase = Passphrase:
out-unlock-code = Unlock code:
out-passphrase-or-code = Passphrase or unlock code:
out-passphrase-new = New passphrase, { $least } characters or more:
out-passphrase-again = The same again:
no-passphrase-here = A passphrase is needed, and there is nobody to ask
    .do = Give it by --passphrase-fd.
passphrase-fd-failed = The file descriptor of the passphrase cannot be read
    .do = Open it for reading: countersign --passphrase-fd 3 3<FILE
account-not-found = No account fits { $text }
    .do = “countersign accounts” lists them.
not-counted = The codes of { $name } go by time
    .do = Leave --next away.
account-ambiguous = { $count } accounts fit { $text }
    .do = Use the id that “countersign accounts” lists.
request-not-found = No waiting request fits { $text }
    .do = “countersign requests” lists them.
request-ambiguous = Several requests fit { $text }
    .do = Type more of the id that “countersign requests” lists.
request-id-short = { $text } is too short for an id
    .do = Type at least the first { $least } characters of the id that “countersign requests” lists.
several-codes = There are { $count } codes in this picture
    .do = Choose one with --choose 1 to { $count }.
no-request-came = No request came in time
    .do = Ask again, or wait longer.
output-failed = What came of it cannot be written
    .do = Give it a place to write to.
input-failed = Standard input cannot be read
    .do = Give the file’s name instead.
no-terminal = This is no terminal
    .do = Use a command: countersign --help lists them.
terminal-failed = The terminal cannot be drawn on
    .do = Use a command: countersign --help lists them.
no-vault = There are no accounts yet
    .do = Add one first.
vault-opens = Your accounts open
    .do = Nothing was put aside.
no-folder = There is no place for your accounts
    .do = Name a folder with --folder.
