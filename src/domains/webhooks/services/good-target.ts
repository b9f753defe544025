import ipaddr from 'ipaddr.js';
import { invalid } from '../../../shared/utils/errors.ts';
import { faultOfTarget, literalAddressOf, type TargetRules } from '../models/target.ts';

const isAllowed = (address: string, allowed: readonly string[]): boolean => {
  const parsed = ipaddr.process(address);
  return allowed.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(range);
    return network.kind() === parsed.kind() && parsed.match([network, bits]);
  });
};

/** Refuses (422) what could never be sent to. Names are looked up when a message is sent, since they may change. */
export const demandGoodTarget =
  ({ allowedAddresses, ...rules }: TargetRules & { readonly allowedAddresses: readonly string[] }) =>
  (url: string): void => {
    const fault = faultOfTarget(url, rules);
    if (fault !== undefined) throw invalid('/url', fault);
    const address = literalAddressOf(url);
    if (address === undefined || isAllowed(address, allowedAddresses)) return;
    if (ipaddr.process(address).range() !== 'unicast') {
      throw invalid('/url', 'must be an address of the public internet');
    }
  };
