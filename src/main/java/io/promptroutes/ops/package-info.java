/** For those who run it: the check before a start, health, figures and the page. */
package io.promptroutes.ops;
