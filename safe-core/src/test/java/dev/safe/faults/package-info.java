/** Makes each call of foreign code fail once, at each place, and checks that nothing but that call was lost. */
package dev.safe.faults;
