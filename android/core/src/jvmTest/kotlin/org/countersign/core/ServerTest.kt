package org.countersign.core

import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll

/** The two journeys through the border, against a real server: an account, and requests to it. */
class ServerTest {
    private val calls = Calls()
    private val shell = Shell(listener = calls)
    private val browser = Pages(server.address)

    /** Looks at each newer snapshot until it has what is looked for. */
    private fun <T> Authenticator.await(look: (Snapshot) -> T?): T {
        while (true) {
            look(snapshot())?.let { return it }
            assertNotNull(calls.next(), "nothing newer, and not there: ${snapshot()}")
        }
    }

    private fun Authenticator.request(kind: RequestKind): RequestCard {
        val card = await { seen -> seen.requests.firstOrNull { it.state == CardState.Waiting } }
        assertEquals(kind, card.kind)
        return card
    }

    private suspend fun Authenticator.approve(card: RequestCard, typed: String) =
        answer(card.accountId, card.id, Decision.Approve(typed))

    /** The wizard from the sign-in to "connected", by typing code and URL. */
    private suspend fun Authenticator.enrol(person: Pair<String, String>): AccountId {
        browser.signIn(person)
        browser.open("/set-up/app/prepare")
        browser.send("/set-up/app/scan")
        browser.send("/set-up/app/type")
        val code = browser.find("""<code[^>]*id="code">(.*?)</code>""")
        val url = browser.find("""<code id="url">(.*?)</code>""")
        val id = add(readTyped(code, url))
        val check = await { seen -> (seen.accounts.single().state as? AccountState.Pending)?.check }

        browser.open("/set-up/app/type?asked")
        assertEquals("/set-up/app/check", browser.path)
        assertEquals(check, browser.find("<section class=\"match\".*?<code[^>]*>(.*?)</code>"))
        browser.send("/set-up/app/check", "same" to "yes")
        setActive(true)
        val card = request(RequestKind.TEST)
        assertEquals(Outcome.Ended(Verdict.APPROVED, null), approve(card, browser.number()))
        await { seen -> seen.accounts.single().takeIf { it.state == AccountState.Ready } }
        return id
    }

    /** A second browser at "Approve it on your phone". */
    private fun signingIn(person: Pair<String, String>) = Pages(server.address).also {
        it.signIn(person)
        assertEquals("/approve", it.path)
    }

    @Test
    fun `s25 s27 an account is added by typing, approves, makes codes and is removed`() = runBlocking {
        val person = server.persons[0]
        shell.openUnlocked().use { core ->
            val id = core.enrol(person)
            val row = core.snapshot().accounts.single()
            assertEquals("Halden College", row.organisation)
            assertNull(row.sameNameAs)
            assertEquals(person.first, row.account)
            assertEquals(CodeKind.TIMED, row.codes)
            assertEquals(6, core.codes(listOf(id)).single().code?.length)

            val second = signingIn(person)
            val card = core.request(RequestKind.SIGN_IN)
            assertEquals("Halden Mail", card.application)
            assertEquals(Outcome.Ended(Verdict.APPROVED, null), core.approve(card, second.number()))
            second.open("/approve?asked")
            second.send("/approve/continue")
            assertEquals("/account", second.path)

            assertEquals(Removed.HERE_AND_THERE, core.remove(id))
            assertEquals(emptyList(), core.snapshot().accounts)
            core.setActive(false)
        }
        // The person was asked for at approvals and at nothing else.
        assertEquals(2, shell.deviceKeys.signed.count { it == SignFor.APPROVAL })
        assertEquals(emptyMap(), shell.deviceKeys.pairs)
    }

    @Test
    fun `a wrong number ends the request with its verdict, and it can be reported later`() = runBlocking {
        val person = server.persons[1]
        val card = shell.openUnlocked().use { core ->
            core.enrol(person)
            val number = signingIn(person).number()
            val card = core.request(RequestKind.SIGN_IN)
            assertFailsWith<CoreException.Typed> { core.approve(card, "$number$number") }
            val wrong = "%03d".format((number.toInt() + 1) % 1000)
            assertEquals(Outcome.Ended(Verdict.WRONG_NUMBER, null), core.approve(card, wrong))
            assertEquals(emptyList(), core.endedBefore())
            core.setActive(false)
            card
        }
        // The app is started again: the card is gone, and the request can still be reported.
        shell.openUnlocked().use { core ->
            assertEquals(emptyList(), core.snapshot().requests)
            val ended = core.endedBefore().single { it.id == card.id }
            val reported = core.answer(ended.accountId, ended.id, Decision.Report)
            assertEquals(Outcome.Ended(Verdict.REPORTED, null), reported)
            assertTrue(core.endedBefore().none { it.id == card.id })
        }
    }

    @Test
    fun `the person is asked no longer than it has a sense`() = runBlocking {
        val person = server.persons[2]
        val asked = LinkedBlockingQueue<ULong>()
        val taken = LinkedBlockingQueue<ULong>()
        val keys = shell.deviceKeys
        // A finger that never comes: what was asked ends only by being taken back.
        val waiting = object : DeviceKeys by keys {
            var gone = CountDownLatch(0)

            override fun sign(
                handle: String,
                message: ByteArray,
                whatFor: SignFor,
                ticket: ULong
            ): ByteArray {
                if (whatFor == SignFor.APPROVAL && gone.count > 0) {
                    asked.put(ticket)
                    gone.await()
                    throw PortException.Cancelled()
                }
                return keys.sign(handle, message, whatFor, ticket)
            }

            override fun giveUp(ticket: ULong) {
                taken.put(ticket)
                gone.countDown()
            }
        }
        shell.open(waiting).use { core ->
            core.unlock(UnlockWith.KeyStore)
            core.enrol(person)
            val second = signingIn(person)
            val card = core.request(RequestKind.SIGN_IN)

            // The app goes away: the card waits as before.
            waiting.gone = CountDownLatch(1)
            val left = async(Dispatchers.IO) { runCatching { core.approve(card, second.number()) } }
            val first = assertNotNull(asked.poll(10, TimeUnit.SECONDS))
            assertEquals(CardState.Sending, core.snapshot().requests.first().state)
            core.setActive(false)
            assertFailsWith<CoreException.Cancelled> { left.await().getOrThrow() }
            assertEquals(first, taken.poll(10, TimeUnit.SECONDS))
            assertEquals(CardState.Waiting, core.snapshot().requests.first().state)

            // The sign-in ends: so does the request.
            core.setActive(true)
            waiting.gone = CountDownLatch(1)
            val ended = async(Dispatchers.IO) { runCatching { core.approve(card, second.number()) } }
            val again = assertNotNull(asked.poll(10, TimeUnit.SECONDS))
            second.open("/sign-out")
            second.send("/sign-out")
            assertFailsWith<CoreException.Gone> { ended.await().getOrThrow() }
            assertEquals(again, taken.poll(10, TimeUnit.SECONDS))
            val state = core.snapshot().requests.single { it.id == card.id }.state
            assertEquals(CardState.Ended(Verdict.CANCELLED, null), state)
            core.setActive(false)
        }
    }

    companion object {
        private val server = DemoServer()

        @AfterAll
        @JvmStatic
        fun stop() = server.close()
    }
}
