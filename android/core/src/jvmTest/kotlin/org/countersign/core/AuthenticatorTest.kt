package org.countersign.core

import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

/** Each function of the face once: that it is there, and that what it takes and gives survives the border. */
class AuthenticatorTest {
    @Test
    fun `an account is read, added, renamed and removed`() = runBlocking {
        Shell().openUnlocked().use { core ->
            val offer = core.readOffer(OFFER)
            assertEquals(OfferView.Codes("Example", "mira", false), offer.view())
            val before = core.snapshot().revision
            val id = core.add(offer)

            val row = core.snapshot().accounts.single()
            assertTrue(core.snapshot().revision > before)
            assertEquals(listOf(id, "Example", "mira"), listOf(row.id, row.organisation, row.account))
            assertEquals(AccountState.CodesOnly, row.state)
            assertEquals(CodeKind.TIMED, row.codes)
            assertNull(row.host)
            assertEquals(OfferView.Codes("Example", "mira", true), core.readOffer(OFFER).view())

            core.edit(id, Change.Name("Work"))
            assertEquals("Work", core.snapshot().accounts.single().name)
            assertEquals(Removed.HERE, core.remove(id))
            assertEquals(emptyList(), core.snapshot().accounts)
        }
    }

    @Test
    fun `the phone has the person's own name until it is taken back`() = runBlocking {
        Shell().openUnlocked().use { core ->
            val model = core.phoneName()
            core.namePhone("Mira's desk")
            assertEquals("Mira's desk", core.phoneName())
            assertFailsWith<CoreException.Typed> { core.namePhone("\u202ex") }
            assertEquals("Mira's desk", core.phoneName())
            core.namePhone("")
            assertEquals(model, core.phoneName())
        }
    }

    @Test
    fun `adding is given up in time or too late`() = runBlocking {
        Shell().openUnlocked().use { core ->
            val early = Cancel()
            assertTrue(early.cancel())
            assertFailsWith<CoreException.Cancelled> { core.add(core.readOffer(OFFER), early) }
            assertEquals(emptyList(), core.snapshot().accounts)

            val late = Cancel()
            val id = core.add(core.readOffer(OFFER), late)
            assertFalse(late.cancel())
            assertEquals(id, core.snapshot().accounts.single().id)
        }
    }

    @Test
    fun `codes come with the next one and both their ends`() = runBlocking {
        Shell().openUnlocked().use { core ->
            val id = core.add(core.readOffer(OFFER))
            val row = core.codes(listOf(id)).single()
            assertEquals(id, row.id)
            assertEquals(8, row.code?.length)
            assertEquals(8, row.next?.length)
            assertEquals(30, row.nextValidUntil!! - row.validUntil!!)
            val left = row.validUntil!! - System.currentTimeMillis() / 1000
            assertTrue(left in 0..30, "$left seconds left")
            assertNull(row.fault)

            core.lock()
            assertEquals(
                CodeRow(id, null, null, null, null, CodeFault.LOCKED),
                core.codes(listOf(id)).single()
            )
        }
    }

    @Test
    fun `counted codes are the table of RFC 4226, one each time the person asks`() = runBlocking {
        Shell().openUnlocked().use { core ->
            // RFC 4226, appendix D: the secret is the ASCII text 12345678901234567890.
            val secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            val id = core.add(core.readOffer("otpauth://hotp/Example:mira?secret=$secret&counter=0"))
            assertEquals(CodeKind.COUNTED, core.snapshot().accounts.single().codes)
            assertNull(core.codes(listOf(id)).single().code)
            val codes = List(3) {
                core.edit(id, Change.NextCode)
                core.codes(listOf(id)).single().code
            }
            assertEquals(listOf("755224", "287082", "359152"), codes)
        }
    }

    @Test
    fun `a typed key makes the codes that its link makes`() = runBlocking {
        val usual = TypedKind.Time(Algorithm.SHA1, 6u, 30u)
        Shell().openUnlocked().use { core ->
            val typed = core.add(core.readKey(TypedKey("Example", "mira", "jbsw y3dp ehpk 3pxp", usual)))
            val linked = core.add(core.readOffer("otpauth://totp/x?secret=$SECRET"))
            val (first, second) = core.codes(listOf(typed, linked))
            // Unless a period ends between the two, and then they share one.
            assertTrue(setOf(first.code, first.next).intersect(setOf(second.code, second.next)).isNotEmpty())
        }
    }

    @Test
    fun `what is refused arrives with its reason`() = runBlocking {
        Shell().openUnlocked().use { core ->
            for ((text, why) in listOf(
                "https://example.com" to Refusal.NO_ACCOUNT,
                "phonefactor://activate_account?code=1" to Refusal.MICROSOFT_ACTIVATION,
                "otpauth://totp/x?secret=1" to Refusal.SECRET_CHARACTER
            )) {
                assertEquals(why, assertFailsWith<CoreException.Offer> { core.readOffer(text) }.why)
            }
            val typed = assertFailsWith<CoreException.Offer> { core.readTyped("?", "https://example.com") }
            assertEquals(Refusal.TYPED_CODE, typed.why)

            core.lock()
            val offer = core.readOffer(OFFER)
            assertFailsWith<CoreException.Locked> { core.add(offer) }
            Unit
        }
    }

    @Test
    fun `an id that is of nothing is gone, whatever its form`() = runBlocking {
        Shell().openUnlocked().use { core ->
            for (id in listOf("", "nothing", "AAAAAAAAAAAAAAAAAAAAAA")) {
                assertFailsWith<CoreException.Gone> { core.remove(id) }
                assertFailsWith<CoreException.Gone> { core.edit(id, Change.NextCode) }
                assertFailsWith<CoreException.Gone> { core.answer(id, id, Decision.Deny) }
            }
            assertFailsWith<CoreException.Gone> { core.codes(listOf("nothing")) }
            assertEquals(emptyList(), core.codes(listOf("AAAAAAAAAAAAAAAAAAAAAA")))
        }
    }

    @Test
    fun `a phone without a name is refused`() {
        val shell = Shell()
        assertFailsWith<CoreException.Typed> {
            Authenticator.open(
                shell.folder.toString(),
                Role.APP,
                Phone(" ", Platform.ANDROID, "0.1.0"),
                shell.keyStore,
                shell.deviceKeys,
                shell.trust,
                shell.listener
            )
        }
    }

    @Test
    fun `the app may come and go`() = runBlocking {
        Shell().openUnlocked().use { core ->
            core.setActive(true)
            core.refresh()
            core.setActive(false)
            assertEquals(emptyList(), core.snapshot().requests)
            assertEquals(emptyList(), core.snapshot().notices)
            assertContains(core.diagnostics(), "unlocked")
        }
    }

    @Test
    fun `nothing that came out shows a secret`() = runBlocking {
        Shell().openUnlocked().use { core ->
            val offer = core.readOffer(OFFER)
            val id = core.add(offer)
            val row = core.codes(listOf(id)).single()
            val code = assertNotNull(row.code)
            val failure = assertIs<CoreException.Offer>(
                runCatching { core.readOffer("otpauth://totp/x?secret=$SECRET&period=0") }.exceptionOrNull()
            )
            val shown = listOf(offer.view(), core.snapshot(), row, failure, core.diagnostics()).joinToString()
            assertContains(shown, "Example")
            assertTrue(SECRET !in shown && code !in shown && row.next!! !in shown, shown)
        }
    }

    @Test
    fun `what was typed does not show in a log`() {
        val typed = listOf(
            UnlockWith.Passphrase("tea in the garden"),
            UnlockWith.UnlockCode("tea in the garden"),
            Decision.Approve("tea in the garden")
        )
        assertEquals(listOf("Passphrase", "UnlockCode", "Approve"), typed.map { it.toString() })
        assertNotEquals(Decision.Approve("1"), Decision.Approve("2"))
    }
}
