import { fireEvent, render, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { timeOfDay } from '@/lib/format';
import { BarChart } from './bar-chart';
import { Histogram } from './histogram';
import { LineChart } from './line-chart';

const START = Date.parse('2026-11-24T10:00:00Z');
const TIMES = [0, 2_000, 4_000, 6_000].map((ms) => START + ms);
const perS = (value: number) => `${value.toFixed(1)}/s`;

function Lines({ timesMs = TIMES, values = [1, null, 3, 4] as (number | null)[] }) {
  return (
    <LineChart
      name="Verdicts per second"
      summary="Verdicts per second: 4.0 now."
      timesMs={timesMs}
      lines={[{ name: 'Approve', values }, { name: 'Block', values: timesMs.map(() => 0) }]}
      marks={[{ atMs: START + 3_900, word: 'Opened' }, { atMs: START - 60_000, word: 'Long ago' }]}
      format={perS}
      pointOf="2 s"
    />
  );
}

describe('a line chart', () => {
  it('is an image whose name says what it shows', () => {
    render(<Lines />);
    expect(screen.getByRole('img', { name: 'Verdicts per second: 4.0 now.' })).toBeTruthy();
  });

  it('shows the newest figures in its legend, or those that are read, and says of which time they are', () => {
    render(<Lines />);
    expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual(['Newest 2 s', 'Approve4.0/s', 'Block0.0/s']);
    fireEvent.keyDown(screen.getByRole('slider'), { key: 'Home' });
    expect(screen.getAllByRole('listitem')[0]?.textContent).toBe(`${timeOfDay(START)}, 2 s`);
  });

  it('tells lines apart by pattern, and leaves a gap where nothing was measured', () => {
    const { container } = render(<Lines />);
    const paths = [...container.querySelectorAll('path')];
    expect(paths.map((path) => path.getAttribute('data-line'))).toEqual(['1', '2']);
    const starts = paths.map((path) => path.getAttribute('d')?.match(/M/g)?.length);
    expect(starts).toEqual([2, 1]);
  });

  it('is read with the arrow keys, from the newest point on, by a slider that says so', () => {
    render(<Lines />);
    const slider = screen.getByRole('slider', { name: 'Verdicts per second, point by point' });
    expect(slider.tabIndex).toBe(0);
    fireEvent.keyDown(slider, { key: 'ArrowLeft' });
    fireEvent.keyDown(slider, { key: 'ArrowLeft' });
    expect(slider.getAttribute('aria-valuetext')).toBe(`${timeOfDay(START + 4_000)}, Approve 3.0/s, Block 0.0/s, Opened`);
    expect(Number(slider.getAttribute('aria-valuenow'))).toBe(START + 4_000);
    fireEvent.keyDown(slider, { key: 'ArrowDown' });
    expect(slider.getAttribute('aria-valuetext')).toContain('Approve none');
    fireEvent.keyDown(slider, { key: 'Escape' });
    expect(slider.getAttribute('aria-valuetext')).toBe('nothing read yet');
  });

  it('keeps the point that is read while newer ones come in', () => {
    const { rerender } = render(<Lines />);
    const slider = screen.getByRole('slider');
    fireEvent.keyDown(slider, { key: 'End' });
    const before = slider.getAttribute('aria-valuetext');
    const now = slider.getAttribute('aria-valuenow');
    rerender(<Lines timesMs={[...TIMES.slice(1), START + 8_000]} values={[null, 3, 4, 9]} />);
    expect(before).toContain('Approve 4.0/s');
    expect(slider.getAttribute('aria-valuetext')).toBe(before);
    expect(slider.getAttribute('aria-valuenow')).toBe(now);
  });

  it('says nothing of itself while newer figures come in, or while a pointer passes', () => {
    const { container, rerender } = render(<Lines />);
    const slider = screen.getByRole('slider');
    const said = () => ['aria-label', 'aria-valuetext', 'aria-valuenow'].map((name) => slider.getAttribute(name));
    const silent = said();
    rerender(<Lines values={[1, null, 3, 9]} timesMs={TIMES.map((at) => at + 2_000)} />);
    expect(said()).toEqual(silent);
    fireEvent(slider, new MouseEvent('pointermove', { bubbles: true, clientX: 630 }));
    expect(container.querySelector('figure p')?.textContent).toContain('Approve 9.0/s');
    expect(container.querySelector('[aria-live]')).toBeNull();
    expect(said()).toEqual(silent);
  });

  it('is a table on demand, newest first, with what happened within its span', () => {
    render(<Lines />);
    expect(screen.queryByRole('table')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Show as table: Verdicts per second' }));
    const rows = within(screen.getByRole('table', { name: 'Verdicts per second' })).getAllByRole('row');
    expect(rows).toHaveLength(5);
    expect(rows[0]?.textContent).toBe('TimeApproveBlockEvent');
    expect(rows[2]?.textContent).toBe(`${timeOfDay(START + 4_000)}3.0/s0.0/sOpened`);
    expect(rows[3]?.textContent).toContain('none');
    expect(screen.getByRole('region', { name: 'Verdicts per second, table' }).tabIndex).toBe(0);
    fireEvent.click(screen.getByRole('button', { name: 'Hide table: Verdicts per second' }));
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('draws nothing false without any point', () => {
    const { container } = render(<Lines timesMs={[]} values={[]} />);
    expect(container.innerHTML).not.toContain('NaN');
    expect(screen.getAllByRole('listitem')[1]?.textContent).toBe('Approvenone');
  });
});

describe('a bar chart', () => {
  const bars = [{ name: 'Amount is 8 times the usual', value: 3 }, { name: 'Known merchant', value: -1 }];
  const chart = (shown = bars) => (
    <BarChart name="Reasons" summary="Two reasons." bars={shown} format={(value) => value.toFixed(2)} head={['Reason', 'Log-odds']} />
  );

  it('lets negative bars go to the left of zero', () => {
    const { container } = render(chart());
    const fills = [...container.querySelectorAll<HTMLElement>('[data-sign]')].map(({ style }) => [style.left, style.width]);
    expect(fills).toEqual([['25%', '75%'], ['0%', '25%']]);
  });

  it('has a name, and a table with a head of its own', () => {
    render(chart());
    expect(screen.getByRole('img', { name: 'Two reasons.' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show as table: Reasons' }));
    expect(screen.getAllByRole('row').map((row) => row.textContent)).toEqual(['ReasonLog-odds', 'Amount is 8 times the usual3.00', 'Known merchant-1.00']);
  });

  it('draws bars of no width where everything is zero', () => {
    const { container } = render(chart([{ name: 'Nothing', value: 0 }]));
    expect(container.querySelector<HTMLElement>('[data-sign]')?.style.width).toBe('0%');
  });
});

describe('a histogram', () => {
  const chart = (
    <Histogram
      name="Scores"
      summary="Most scores are low."
      bins={['under 0.5', '0.5 and more']}
      series={[{ name: 'Scored', values: [30, 10] }, { name: 'Expected', values: [20, 20] }]}
      ticks={[{ at: 1, text: '0.5' }]}
      marks={[{ at: 1, word: 'Review' }]}
      format={String}
    />
  );

  it('draws one bar a bin for each series, as high as its figure', () => {
    const { container } = render(chart);
    const heights = [...container.querySelectorAll('rect.visx-bar')].map((bar) => Number(bar.getAttribute('height')));
    expect(heights).toHaveLength(4);
    expect(heights[0]).toBeCloseTo(3 * (heights[1] ?? 0));
    expect(heights[2]).toBe(heights[3]);
  });

  it('is read bar by bar', () => {
    render(chart);
    const slider = screen.getByRole('slider', { name: 'Scores, point by point' });
    fireEvent.keyDown(slider, { key: 'End' });
    expect(slider.getAttribute('aria-valuenow')).toBe('1');
    fireEvent.keyDown(slider, { key: 'Home' });
    expect(slider.getAttribute('aria-valuetext')).toBe('under 0.5, Scored 30, Expected 20');
  });

  it('is a table on demand', () => {
    render(chart);
    fireEvent.click(screen.getByRole('button', { name: 'Show as table: Scores' }));
    expect(screen.getAllByRole('row').map((row) => row.textContent)).toEqual(['RangeScoredExpected', 'under 0.53020', '0.5 and more1020']);
  });
});
