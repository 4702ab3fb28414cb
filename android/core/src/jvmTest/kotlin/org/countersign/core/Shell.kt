package org.countersign.core

import java.nio.file.Files
import java.nio.file.Path

/** Secret of the tests' codes (the one that everybody's documentation has). */
const val SECRET = "JBSWY3DPEHPK3PXP"

/** A code of two digits more than usual, so that nothing else looks like it. */
const val OFFER = "otpauth://totp/Example:mira?secret=$SECRET&issuer=Example&digits=8"

/** A folder that is gone when the tests have ended. */
fun temporaryFolder(): Path = Files.createTempDirectory("countersign").also { folder ->
    Runtime.getRuntime().addShutdownHook(Thread { folder.toFile().deleteRecursively() })
}

/** What a phone lends to the core, and a folder for its vault. */
class Shell(
    val keyStore: KeyStore = MemoryKeyStore(),
    val trust: PlatformTrust = FixedTrust { false },
    val listener: Listener = Calls(),
    val folder: Path = temporaryFolder()
) {
    val deviceKeys = MemoryDeviceKeys()

    fun open(keys: DeviceKeys = deviceKeys, role: Role = Role.APP): Authenticator {
        val phone = Phone("Pixel 9", Platform.ANDROID, "0.1.0")
        return Authenticator.open(folder.toString(), role, phone, keyStore, keys, trust, listener)
    }

    /** The names and the bytes of the vault's files. */
    fun files(): Map<String, List<Byte>> = Files.list(folder).use { files ->
        files.toList().associate { it.fileName.toString() to Files.readAllBytes(it).toList() }
    }

    /** Opens with the vault made or unlocked by the key store. */
    suspend fun openUnlocked(): Authenticator = open().apply { unlock(UnlockWith.KeyStore) }
}
