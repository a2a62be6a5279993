/** What goes out, as records that are written once: results, dead letters, cost events and alerts. */
package io.promptroutes.message;
