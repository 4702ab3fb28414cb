package org.countersign.core

import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

/** The vault through the border: making, opening and mending it. */
class VaultTest {
    @Test
    fun `a first start makes the vault with keys that the key store keeps`() = runBlocking {
        val keyStore = MemoryKeyStore()
        val shell = Shell(keyStore)
        shell.open().use { core ->
            assertTrue(core.snapshot().isFirstStart)
            assertEquals(Lock.LOCKED, core.snapshot().lock)
            core.unlock(UnlockWith.KeyStore)
            assertEquals(Lock.OPEN, core.snapshot().lock)
        }
        assertEquals(listOf(32, 32), keyStore.keys.values.map { it.size })
        assertEquals(setOf(Compartment.CONTACTS, Compartment.SECRETS), keyStore.generations.keys)

        shell.open(role = Role.NOTICE).use { core ->
            assertEquals(Lock.SECRETS_LOCKED, core.snapshot().lock)
        }
    }

    @Test
    fun `a passphrase opens the vault that it made, and no other does`() = runBlocking {
        val shell = Shell(NoKeyStore())
        shell.open().use { it.unlock(UnlockWith.Passphrase("tea in the garden")) }
        shell.open().use { core ->
            assertEquals(Lock.LOCKED, core.snapshot().lock)
            val wrong = assertFailsWith<CoreException.Vault> { core.unlock(UnlockWith.Passphrase("tea")) }
            assertEquals(VaultFault.WRONG_SECRET, wrong.why)
            val noCode = assertFailsWith<CoreException.Vault> { core.unlock(UnlockWith.UnlockCode("K7QF")) }
            assertEquals(VaultFault.WRONG_SECRET, noCode.why)
            core.unlock(UnlockWith.Passphrase("tea in the garden"))
            assertEquals(Lock.OPEN, core.snapshot().lock)
            core.lock()
            assertEquals(Lock.LOCKED, core.snapshot().lock)
        }
    }

    @Test
    fun `an unlock code opens what the key store has lost, and without one the person starts over`() = runBlocking {
        val keyStore = MemoryKeyStore()
        val shell = Shell(keyStore)
        val code = shell.openUnlocked().use { core ->
            core.add(core.readOffer(OFFER))
            assertEquals(listOf(SlotKind.KEY_STORE), core.snapshot().opensWith)
            core.makeUnlockCode()
        }
        keyStore.keys.clear()
        shell.open().use { core ->
            assertEquals(Lock.KEY_DROPPED, core.snapshot().lock)
            assertEquals(listOf(SlotKind.KEY_STORE, SlotKind.UNLOCK_CODE), core.snapshot().opensWith)
            val none = assertFailsWith<CoreException.Vault> { core.unlock(UnlockWith.Passphrase("tea")) }
            assertEquals(VaultFault.NO_PASSPHRASE, none.why)
            core.unlock(UnlockWith.UnlockCode(code.lowercase()))
            assertEquals(1, core.snapshot().accounts.size)
            assertFailsWith<CoreException.Gone> { core.startOver() }
        }
        keyStore.keys.clear()
        shell.open().use { core ->
            core.startOver()
            assertTrue(core.snapshot().isFirstStart)
            core.unlock(UnlockWith.KeyStore)
            assertEquals(emptyList(), core.snapshot().accounts)
        }
    }

    @Test
    fun `a damaged file gives way to the one before when the person says so`() = runBlocking {
        val shell = Shell()
        shell.openUnlocked().use { core -> repeat(2) { core.add(core.readOffer(OFFER)) } }
        val file = shell.folder.resolve("secrets.vault")
        Files.write(file, Files.readAllBytes(file).also { it[it.size - 1] = (it[it.size - 1] + 1).toByte() })
        shell.open().use { core ->
            val damaged = assertFailsWith<CoreException.Vault> { core.unlock(UnlockWith.KeyStore) }
            assertEquals(VaultFault.DAMAGED, damaged.why)
            core.restorePrevious(UnlockWith.KeyStore)
            assertEquals(1, core.snapshot().accounts.size)
            val notice = Notice.OlderGeneration(Compartment.SECRETS)
            assertEquals(listOf<Notice>(notice), core.snapshot().notices)
            core.dismiss(notice)
            assertEquals(emptyList(), core.snapshot().notices)
        }
    }

    @Test
    fun `a notice extension sees the vault and changes neither file nor key`() = runBlocking {
        val keyStore = MemoryKeyStore()
        val shell = Shell(keyStore)
        val id = shell.openUnlocked().use { it.add(it.readOffer(OFFER)) }
        val before = shell.files()
        keyStore.before = { assertTrue(it == "key" || it == "generation", it) }
        shell.open(role = Role.NOTICE).use { core ->
            assertEquals(Lock.SECRETS_LOCKED, core.snapshot().lock)
            core.refresh()
            core.unlock(UnlockWith.KeyStore)
            assertEquals(id, core.snapshot().accounts.single().id)
            val offer = core.readOffer(OFFER)
            for (change in listOf<suspend () -> Unit>(
                { core.add(offer) },
                { core.edit(id, Change.Name("Work")) },
                { core.remove(id) },
                { core.answer(id, id, Decision.Deny) },
                { core.makeUnlockCode() },
                { core.startOver() }
            )) {
                val refused = assertFailsWith<CoreException.Storage> { change() }
                assertEquals(StorageFault.READ_ONLY, refused.why)
            }
        }
        assertEquals(before, shell.files())
    }
}
