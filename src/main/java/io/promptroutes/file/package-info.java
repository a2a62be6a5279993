/** Files in and out: lines and rows of any kind, the inbox, and the folder that a job writes. */
package io.promptroutes.file;
