package io.promptroutes.file;

/**
 * A line of a file.
 *
 * @param number  counted from 1, blank lines included
 * @param bytes   without the line's end unless that is wanted; only the first 64 KiB where the line is too long
 * @param length  bytes of the whole line without its end
 */
public record Line(long number, byte[] bytes, boolean tooLong, long length) {
}
