/** What routes of users and applications name. */
package io.promptroutes;
