/** The commands, and the application that they start. */
package io.promptroutes.cli;
