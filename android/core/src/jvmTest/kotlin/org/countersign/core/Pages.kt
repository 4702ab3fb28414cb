package org.countersign.core

import java.net.CookieManager
import java.net.URI
import java.net.URLEncoder
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertNotNull

/** `countersign-server demo`: a real server on loopback, with three persons. */
class DemoServer : AutoCloseable {
    private val process: Process
    val address: URI
    val persons: List<Pair<String, String>>

    init {
        val programs = Path.of(System.getProperty("jna.library.path"))
        process = ProcessBuilder(programs.resolve("countersign-server").toString(), "demo")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
        val said = process.inputStream.bufferedReader()
        address =
            URI(assertNotNull(said.readLine(), "the server did not start").substringAfter("Sign in at "))
        persons = List(3) {
            val (user, password) = said.readLine().trim().split("  ")
            user to password
        }
    }

    override fun close() {
        process.destroy()
        if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly()
    }
}

/** A browser without script: one page after the other, forms filled in. */
class Pages(private val start: URI) {
    private val client = HttpClient.newBuilder()
        .cookieHandler(CookieManager())
        .followRedirects(HttpClient.Redirect.NORMAL)
        .build()
    private var html = ""

    /** The path of the page that is shown. */
    var path = ""
        private set

    fun open(path: String) = go(HttpRequest.newBuilder(start.resolve(path)).GET())

    /** Sends the form that goes to this path, with the page's own proof that it is its form. */
    fun send(path: String, vararg fields: Pair<String, String>) {
        val csrf = find("""name="csrf" value="([^"]+)"""")
        val body = (fields.toList() + ("csrf" to csrf)).joinToString("&") { (name, value) ->
            "$name=${URLEncoder.encode(value, Charsets.UTF_8)}"
        }
        go(
            HttpRequest.newBuilder(start.resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Sec-Fetch-Site", "same-origin")
                .POST(HttpRequest.BodyPublishers.ofString(body))
        )
    }

    fun signIn(person: Pair<String, String>) {
        open("/sign-in")
        send("/sign-in", "user" to person.first, "password" to person.second)
    }

    /** What the first match of a pattern holds in its first group, without tags. */
    fun find(pattern: String): String {
        val match = assertNotNull(Regex(pattern).find(html), "$path has no $pattern")
        return match.groupValues[1].replace(Regex("<[^>]*>"), "").replace("&#38;", "&").trim()
    }

    /** The number of the request that waits. */
    fun number() = find("<output[^>]*>(.*?)</output>")

    private fun go(request: HttpRequest.Builder) {
        val response = client.send(request.build(), BodyHandlers.ofString())
        assertEquals(200, response.statusCode(), "${response.uri()}\n${response.body()}")
        html = response.body()
        path = response.uri().path
    }
}
