/** Keys: where each value comes from, what it may be, and the objects that are made of them. */
package io.promptroutes.settings;
