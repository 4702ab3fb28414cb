package org.countersign.core

import com.sun.net.httpserver.HttpsConfigurator
import com.sun.net.httpserver.HttpsServer
import java.io.ByteArrayInputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.security.KeyStore as JavaKeyStore
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.coroutines.runBlocking

/** The port that judges a server's certificate, against a server that no system trusts. */
class TrustTest {
    @Test
    fun `the system is asked of a server's certificate, and its no ends the call`() = runBlocking {
        SelfSigned().use { server ->
            val refusing = FixedTrust { false }
            Shell(trust = refusing).openUnlocked().use { core ->
                assertEquals(Distrust.CERTIFICATE, core.addTyped(server).why)
            }
            val (chain, host) = refusing.chains.first()
            assertEquals("localhost", host)
            val certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(ByteArrayInputStream(chain.single())) as X509Certificate
            assertEquals("CN=countersign test", certificate.subjectX500Principal.name)

            // An exception is no yes.
            Shell(trust = FixedTrust { error("no store") }).openUnlocked().use { core ->
                assertEquals(Distrust.CERTIFICATE, core.addTyped(server).why)
            }
            assertEquals(0, server.calls)

            // With a yes the call goes through; what is there is no server of ours.
            Shell(trust = FixedTrust { true }).openUnlocked().use { core ->
                assertEquals(Distrust.REPLY, core.addTyped(server).why)
            }
            assertEquals(1, server.calls)
        }
    }

    private suspend fun Authenticator.addTyped(server: SelfSigned): CoreException.Untrusted {
        val offer = readTyped("2345 6789 ABCD", server.url)
        return assertFailsWith<CoreException.Untrusted> { add(offer) }
    }
}

/** A TLS server on loopback whose certificate no system trusts. It knows nothing of Countersign. */
private class SelfSigned : AutoCloseable {
    @Volatile
    var calls = 0
    private val server = HttpsServer.create(InetSocketAddress(InetAddress.getByName("localhost"), 0), 0)
    val url get() = "https://localhost:${server.address.port}"

    init {
        val file = temporaryFolder().resolve("store.p12")
        val keytool = "${System.getProperty("java.home")}/bin/keytool"
        val made = ProcessBuilder(
            keytool, "-genkeypair", "-keystore", file.toString(), "-storepass", "secret", "-alias", "server",
            "-dname", "CN=countersign test", "-ext", "san=dns:localhost", "-keyalg", "EC", "-validity", "2"
        ).redirectErrorStream(true).start()
        val said = made.inputStream.reader().readText()
        assertEquals(0, made.waitFor(), said)
        val store = JavaKeyStore.getInstance(file.toFile(), "secret".toCharArray())
        val keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
        keys.init(store, "secret".toCharArray())
        val tls = SSLContext.getInstance("TLS")
        tls.init(keys.keyManagers, null, null)
        server.httpsConfigurator = HttpsConfigurator(tls)
        server.createContext("/") { exchange ->
            calls += 1
            val body = "not a statement".toByteArray()
            exchange.sendResponseHeaders(200, body.size.toLong())
            exchange.responseBody.use { it.write(body) }
        }
        server.start()
    }

    override fun close() = server.stop(0)
}
