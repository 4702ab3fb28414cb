package org.countersign.core

import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import javax.imageio.ImageIO
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking

/** The reader of QR codes: frames without a copy, files as bytes, and texts that stay inside. */
class QrReaderTest {
    /** `otpauth://totp/Example:mira?secret=JBSWY3DPEHPK3PXP&issuer=Example`, a character a module. */
    private val modules = javaClass.getResource("/otpauth.txt")!!.readText().trim().lines()
    private val side = (modules.size + 8) * 4

    private fun isDark(x: Int, y: Int) = modules.getOrNull(y / 4 - 4)?.getOrNull(x / 4 - 4) == '#'

    private fun frame(stride: Int): ByteBuffer {
        val plane = ByteBuffer.allocateDirect(stride * side)
        for (y in 0 until side) {
            for (x in 0 until stride) {
                plane.put(y * stride + x, if (isDark(x, y)) 0 else -1)
            }
        }
        return plane
    }

    private fun layout(stride: Int, region: Region? = null) =
        FrameLayout(side.toUInt(), side.toUInt(), stride.toUInt(), Rotation.NONE, region)

    private fun picture(): ByteArray {
        val image = BufferedImage(side, side, BufferedImage.TYPE_INT_RGB)
        for (y in 0 until side) for (x in 0 until side) image.setRGB(x, y, if (isDark(x, y)) 0 else 0xffffff)
        return ByteArrayOutputStream().also { ImageIO.write(image, "png", it) }.toByteArray()
    }

    @Test
    fun `a frame with padded rows is read and its text becomes an account`() = runBlocking {
        val reading = assertIs<Reading.Texts>(QrReader().readFrame(frame(side + 13), layout(side + 13)))
        val text = reading.texts.single()
        val (first, second) = text.corners()
        assertTrue(first.x in 12f..20f && first.y in 12f..20f && second.x > first.x + 100, "$first $second")

        Shell().openUnlocked().use { core ->
            val offer = core.readScanned(text)
            assertEquals(OfferView.Codes("Example", "mira", false), offer.view())
            core.add(offer)
            assertEquals("mira", core.snapshot().accounts.single().account)
        }
        assertTrue(SECRET !in reading.toString())
    }

    @Test
    fun `a wrong row stride reads nothing`() {
        val reading = QrReader().readFrame(frame(side + 13), layout(side))
        assertIs<Reading.Nothing>(reading)
        val part = Region(0u, 0u, side.toUInt() + 1u, 1u)
        assertEquals(
            Reading.Nothing(Unread.BAD_LAYOUT),
            QrReader().readFrame(frame(side), layout(side, part))
        )
    }

    @Test
    fun `a frame must lie outside of Java's heap`() {
        assertFailsWith<IllegalArgumentException> {
            QrReader().readFrame(ByteBuffer.allocate(side * side), layout(side))
        }
    }

    @Test
    fun `a picture file is read`() = runBlocking {
        val reading = assertIs<Reading.Texts>(QrReader().readPicture(picture()))
        Shell().openUnlocked().use { core ->
            assertEquals(
                OfferView.Codes("Example", "mira", false),
                core.readScanned(reading.texts.single()).view()
            )
        }
    }

    @Test
    fun `what is no picture is told from a picture without a code`() {
        assertEquals(Reading.Nothing(Unread.NOT_A_PICTURE), QrReader().readPicture(byteArrayOf(1, 2, 3)))
        val plain = BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB)
        val file = ByteArrayOutputStream().also { ImageIO.write(plain, "png", it) }.toByteArray()
        assertEquals(Reading.Nothing(Unread.NO_CODE), QrReader().readPicture(file))
    }
}
