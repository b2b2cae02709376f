'use client';

import { useState } from 'react';
import { TextField } from '@/components/ui/field';
import styles from './session.module.css';
import { strengthOf } from './words';

/** A new password, typed twice. `about`: words that it must not be, such as the person's name. */
export function useNewPassword(about: readonly string[]) {
  const [value, setValue] = useState('');
  const [again, setAgain] = useState('');
  const strength = strengthOf(value, about);
  const isSame = value === again;
  return {
    value,
    setValue,
    again,
    setAgain,
    strength,
    isSame,
    /** The name of the first field that has to be mended, or null. */
    firstWrong: !strength.isGood ? 'new-password' : !isSame ? 'again' : null,
  };
}

/** Its two fields, and how good it is, in words. `refusal`: what the gateway says of it. */
export function NewPassword({
  password,
  wasTried,
  refusal,
}: {
  password: ReturnType<typeof useNewPassword>;
  wasTried: boolean;
  refusal: string | undefined;
}) {
  const { value, strength, isSame, again } = password;
  const isWrong = wasTried && !strength.isGood;
  return (
    <>
      <TextField
        label="New password"
        name="new-password"
        type="password"
        hint="12 characters at least, of any script. Some words that have nothing to do with each other are good."
        error={isWrong ? strength.words : refusal}
        autoComplete="new-password"
        maxLength={1024}
        value={value}
        onChange={({ target }) => password.setValue(target.value)}
      />
      <p role="status" className={`small muted ${styles.strength}`}>
        {value !== '' && !isWrong && strength.words}
      </p>
      <TextField
        label="New password, again"
        name="again"
        type="password"
        error={(wasTried || again.length >= value.length) && again !== '' && !isSame ? 'The two are not the same.' : wasTried && again === '' ? 'Type it once more.' : undefined}
        autoComplete="new-password"
        maxLength={1024}
        value={again}
        onChange={({ target }) => password.setAgain(target.value)}
      />
    </>
  );
}
