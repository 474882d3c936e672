/** Extensions that keep the contract and extensions that break it, outside of the package that checks them. */
package dev.safe.test.contract;
