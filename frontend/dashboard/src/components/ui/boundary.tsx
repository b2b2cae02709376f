'use client';

import { Component, type ReactNode } from 'react';
import { BrokenPart } from './broken';

/**
 * Keeps what breaks inside from taking the page with it: a word that this build does not know, a script that a newer build
 * has replaced. `of`: what is shown inside; when something else comes, it is tried again.
 */
export class Boundary extends Component<{ of?: unknown; children: ReactNode }, { isBroken: boolean; of: unknown }> {
  override state = { isBroken: false, of: this.props.of };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  static getDerivedStateFromProps({ of }: { of?: unknown }, state: { of: unknown }) {
    return of === state.of ? null : { isBroken: false, of };
  }

  override render() {
    return this.state.isBroken ? <BrokenPart /> : this.props.children;
  }
}
