package org.countersign.core

import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** Each port, called by the core: what it may answer, and from where it is called. */
class PortsTest {
    @Test
    fun `what the key store answers arrives as it was said`() = runBlocking {
        for ((answer, why) in listOf(
            PortException.Cancelled() to KeyFault.Cancelled,
            PortException.NotNow() to KeyFault.NotNow,
            PortException.Unsupported() to KeyFault.Unsupported,
            PortException.Failed(-25300) to KeyFault.Failed(-25300)
        )) {
            val keyStore = MemoryKeyStore()
            keyStore.before = { if (it == "keepKey") throw answer }
            Shell(keyStore).open().use { core ->
                val failure = assertFailsWith<CoreException.Key> { core.unlock(UnlockWith.KeyStore) }
                assertEquals(why, failure.why)
            }
        }
    }

    @Test
    fun `an exception that is no answer fails that call and nothing else`() = runBlocking {
        val keyStore = MemoryKeyStore()
        keyStore.before = { error("personal words") }
        Shell(keyStore).open().use { core ->
            val failure = assertFailsWith<CoreException.Key> { core.unlock(UnlockWith.KeyStore) }
            assertEquals(KeyFault.Failed(0), failure.why)
            assertTrue("personal" !in failure.toString())
            keyStore.before = {}
            core.unlock(UnlockWith.KeyStore)
            assertEquals(Lock.OPEN, core.snapshot().lock)
        }
    }

    @Test
    fun `a first start forgets what an earlier installation left`() = runBlocking {
        val keyStore = MemoryKeyStore()
        val forgotten = CopyOnWriteArrayList<String>()
        keyStore.before = { if (it == "forget") forgotten += it }
        keyStore.keys += Compartment.entries.associateWith { ByteArray(32) }
        // The passphrase opens this vault: no new key takes the place of the old one.
        val shell = Shell(keyStore)
        shell.open().use { it.unlock(UnlockWith.Passphrase("tea in the garden")) }
        assertEquals(emptyMap(), keyStore.keys)
        assertEquals(2, forgotten.size)
        shell.open().use { it.unlock(UnlockWith.Passphrase("tea in the garden")) }
        assertEquals(2, forgotten.size)
    }

    @Test
    fun `a key that was dropped is told as such`() = runBlocking {
        val keyStore = MemoryKeyStore()
        val shell = Shell(keyStore)
        shell.openUnlocked().close()
        for (dropped in listOf<() -> Unit>(
            { keyStore.keys.clear() },
            { keyStore.keys[Compartment.CONTACTS] = ByteArray(31) },
            { keyStore.before = { if (it == "key") throw PortException.Invalidated() } }
        )) {
            dropped()
            shell.open().use { core ->
                assertEquals(Lock.KEY_DROPPED, core.snapshot().lock)
                val failure = assertFailsWith<CoreException.Vault> { core.unlock(UnlockWith.KeyStore) }
                assertEquals(VaultFault.KEY_MISSING, failure.why)
            }
        }
    }

    @Test
    fun `the key store is called from a thread of the core, which holds nothing meanwhile`() = runBlocking {
        val keyStore = MemoryKeyStore()
        val called = CountDownLatch(1)
        val answer = CountDownLatch(1)
        val threads = mutableListOf<String>()
        keyStore.before = {
            threads += Thread.currentThread().name
            called.countDown()
            answer.await()
        }
        Shell(keyStore).open().use { core ->
            val unlocking = launch(Dispatchers.IO) { core.unlock(UnlockWith.KeyStore) }
            called.await()
            // While the person looks for the sensor, everything else goes on.
            assertEquals(Lock.LOCKED, core.snapshot().lock)
            assertTrue("opened" in core.diagnostics())
            answer.countDown()
            unlocking.join()
            assertEquals(Lock.OPEN, core.snapshot().lock)
        }
        assertTrue(threads.none { it == Thread.currentThread().name }, "$threads")
    }

    @Test
    fun `locking waits for nobody`() = runBlocking {
        val keyStore = MemoryKeyStore()
        Shell(keyStore).openUnlocked().use { core ->
            // What the core does by itself after it was unlocked may ask from its own threads.
            val here = Thread.currentThread()
            val asked = CopyOnWriteArrayList<String>()
            keyStore.before = { if (Thread.currentThread() == here) asked += it }
            core.lock()
            assertEquals(Lock.SECRETS_LOCKED, core.snapshot().lock)
            assertEquals(emptyList<String>(), asked)
        }
    }

    @Test
    fun `what was begun runs to its end though its caller is gone`() = runBlocking {
        val keyStore = MemoryKeyStore()
        val called = CountDownLatch(1)
        val answer = CountDownLatch(1)
        keyStore.before = {
            called.countDown()
            answer.await()
        }
        val calls = Calls()
        Shell(keyStore, listener = calls).open().use { core ->
            val unlocking = launch(Dispatchers.IO) { core.unlock(UnlockWith.KeyStore) }
            called.await()
            unlocking.cancelAndJoin()
            assertEquals(Lock.LOCKED, core.snapshot().lock)
            answer.countDown()
            while (core.snapshot().lock != Lock.OPEN) {
                assertNotNull(calls.next(), "the vault never opened")
            }
        }
    }

    @Test
    fun `the listener hears of changes from a thread of its own, and may fail`() = runBlocking {
        val calls = Calls()
        Shell(listener = calls).openUnlocked().use { core ->
            val thread = assertNotNull(calls.next())
            assertNotEquals(Thread.currentThread().name, thread)
            core.add(core.readOffer(OFFER))
            assertNotNull(calls.next())
        }

        var heard = 0
        val second = CountDownLatch(2)
        val failing = object : Listener {
            override fun newer() {
                heard += 1
                second.countDown()
                error("not now")
            }
        }
        Shell(listener = failing).openUnlocked().use { core ->
            while (second.count > 0) {
                core.add(core.readOffer(OFFER))
                Thread.yield()
            }
            assertTrue(heard >= 2)
        }
    }

    @Test
    fun `keys of an enrolment that came to nothing are destroyed`() = runBlocking {
        val shell = Shell()
        shell.openUnlocked().use { core ->
            val (code, server) = "A".repeat(22) to "A".repeat(43)
            val offer = core.readOffer("countersign://activate?v=1&s=https://localhost:1&c=$code&k=$server")
            assertEquals(OfferView.Work("localhost:1", false), offer.view())
            val failure = assertFailsWith<CoreException.Unreachable> { core.add(offer) }
            assertEquals("localhost:1", failure.host)
            assertEquals(emptyList(), core.snapshot().accounts)
        }
        val keys = shell.deviceKeys
        assertEquals(listOf(KeyPurpose.DEVICE, KeyPurpose.APPROVAL), keys.made)
        assertEquals(listOf(32, 32), keys.challenges.map { it.size })
        assertEquals(setOf(SignFor.CALL), keys.signed.toSet())
        assertEquals(2, keys.destroyed.size)
        assertEquals(emptyMap(), keys.pairs)
    }
}
