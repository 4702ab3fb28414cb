package org.countersign.core

import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

/** A key store in memory. `before` runs at the start of every call: it may wait, count or throw. */
class MemoryKeyStore : KeyStore {
    val keys = ConcurrentHashMap<Compartment, ByteArray>()
    val generations = ConcurrentHashMap<Compartment, ULong>()

    @Volatile
    var before: (String) -> Unit = {}

    override fun key(of: Compartment): VaultKey {
        before("key")
        return keys[of] ?: throw PortException.Missing()
    }

    override fun keepKey(of: Compartment, key: VaultKey) {
        before("keepKey")
        keys[of] = key
    }

    override fun generation(of: Compartment): ULong? {
        before("generation")
        return generations[of]
    }

    override fun keepGeneration(of: Compartment, generation: ULong) {
        before("keepGeneration")
        generations[of] = generation
    }

    override fun forget(of: Compartment) {
        before("forget")
        keys.remove(of)
        generations.remove(of)
    }
}

/** What a platform without a key store answers. */
class NoKeyStore : KeyStore {
    override fun key(of: Compartment): VaultKey = throw PortException.Unsupported()

    override fun keepKey(of: Compartment, key: VaultKey) = throw PortException.Unsupported()

    override fun generation(of: Compartment): ULong? = throw PortException.Unsupported()

    override fun keepGeneration(of: Compartment, generation: ULong) = throw PortException.Unsupported()

    override fun forget(of: Compartment) = throw PortException.Unsupported()
}

/** P-256 keys of the JVM, and what was asked of them. */
class MemoryDeviceKeys : DeviceKeys {
    val pairs = ConcurrentHashMap<String, KeyPair>()
    val made = CopyOnWriteArrayList<KeyPurpose>()
    val challenges = CopyOnWriteArrayList<ByteArray>()
    val signed = CopyOnWriteArrayList<SignFor>()
    val givenUp = CopyOnWriteArrayList<ULong>()
    val destroyed = CopyOnWriteArrayList<String>()

    override fun make(purpose: KeyPurpose, challenge: ByteArray): MadeKey {
        val generator = KeyPairGenerator.getInstance("EC")
        generator.initialize(ECGenParameterSpec("secp256r1"))
        val pair = generator.generateKeyPair()
        val handle = "key ${pairs.size}"
        pairs[handle] = pair
        made += purpose
        challenges += challenge
        return MadeKey(handle, pair.public.encoded, Storage.SOFTWARE, Presence.NONE, emptyList())
    }

    override fun sign(handle: String, message: ByteArray, whatFor: SignFor, ticket: ULong): ByteArray {
        val pair = pairs[handle] ?: throw PortException.Missing()
        signed += whatFor
        return Signature.getInstance("SHA256withECDSA").run {
            initSign(pair.private)
            update(message)
            sign()
        }
    }

    override fun giveUp(ticket: ULong) {
        givenUp += ticket
    }

    override fun destroy(handle: String) {
        pairs.remove(handle)
        destroyed += handle
    }
}

/** A system that says the same of every chain, and remembers what it was shown. */
class FixedTrust(private val answer: () -> Boolean) : PlatformTrust {
    val chains = CopyOnWriteArrayList<Pair<List<ByteArray>, String>>()

    override fun trusts(chain: List<ByteArray>, host: String): Boolean {
        chains += chain to host
        return answer()
    }
}

/** Hears of newer snapshots; one can wait for the next. */
class Calls : Listener {
    private val calls = LinkedBlockingQueue<String>()

    override fun newer() {
        calls.put(Thread.currentThread().name)
    }

    /** The name of the thread that called, or null when none has within ten seconds. */
    fun next(): String? = calls.poll(10, TimeUnit.SECONDS)
}
