import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// by default a second, which a busy machine may take to draw a page: what is waited for still has to come
configure({ asyncUtilTimeout: 4_000 });
afterEach(cleanup);
