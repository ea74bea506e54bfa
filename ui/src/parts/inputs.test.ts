// Parts that take a value. Each is told its value and tells what was chosen.
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import SomeSettings from '../stories/demo/SomeSettings.svelte';
import { programmes, quarters } from '../stories/samples';
import { text } from '../stories/story';
import { draw } from '../test/draw';
import Checkbox from './Checkbox.svelte';
import Choice from './Choice.svelte';
import Combobox from './Combobox.svelte';
import DayPicker from './DayPicker.svelte';
import Field from './Field.svelte';
import PeriodPicker from './PeriodPicker.svelte';
import RadioGroup from './RadioGroup.svelte';
import SearchField from './SearchField.svelte';
import Segments from './Segments.svelte';
import SettingGroup from './SettingGroup.svelte';
import Slider from './Slider.svelte';
import Switch from './Switch.svelte';
import TextArea from './TextArea.svelte';
import Timeline from './Timeline.svelte';

afterEach(cleanup);

describe('Checkbox', () => {
  it('has its hint as description, and tells its new state', async () => {
    const onchange = vi.fn();
    const { user } = draw(Checkbox, { label: 'PDF', hint: 'For print', checked: false, onchange });
    const box = screen.getByRole('checkbox', { name: 'PDF' });
    expect(box).toHaveAccessibleDescription('For print');
    await user.click(box);
    expect(onchange).toHaveBeenCalledExactlyOnceWith(true);
  });

  it('shows that only some of it is chosen', () => {
    draw(Checkbox, { label: 'All', checked: false, mixed: true, onchange: () => undefined });
    expect(screen.getByRole('checkbox')).toBePartiallyChecked();
  });
});

describe('Choice', () => {
  it('shows the label of its value and offers all', async () => {
    const onchange = vi.fn();
    const { user } = draw(Choice, { label: 'Programme', value: 'buddy', items: programmes, testid: 'choice', onchange });
    const trigger = screen.getByTestId('choice');
    expect(trigger).toHaveTextContent('Buddy');
    trigger.focus();
    await user.keyboard('{Enter}');
    const items = await screen.findAllByTestId('choice-item');
    expect(items).toHaveLength(programmes.length);
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => { expect(onchange).toHaveBeenCalledWith('language'); });
  });
});

describe('Combobox', () => {
  it('narrows what it offers without regard to case and marks', async () => {
    const onchange = vi.fn();
    const items = [...programmes, { value: 'a', label: 'Årsmøte' }];
    const { user } = draw(Combobox, { label: 'Programme', value: 'buddy', items, testid: 'box', onchange });
    const box = screen.getByTestId('box');
    expect(box).toHaveValue('Buddy');
    await user.clear(box);
    await user.type(box, 'ARSM');
    await waitFor(() => { expect(document.querySelectorAll('.choice-item')).toHaveLength(1); });
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => { expect(onchange).toHaveBeenCalledWith('a'); });
  });

  it('says when nothing fits', async () => {
    const { user } = draw(Combobox, { label: 'Programme', value: '', items: programmes, testid: 'box', onchange: () => undefined });
    await user.type(screen.getByTestId('box'), 'zzz');
    expect(await screen.findByText('Nothing fits what is typed.')).toBeInTheDocument();
  });
});

describe('DayPicker', () => {
  it('tells the day, and not one outside its bounds', async () => {
    const onchange = vi.fn();
    const { user } = draw(DayPicker, { label: 'As of', value: '2026-09-30', min: '2026-09-05', open: true, onchange });
    expect(screen.getByRole('button', { name: 'As of: September 30, 2026' })).toBeInTheDocument();
    const day = (number: string) => screen.getAllByText(number, { selector: '.calendar-day' }).find((found) => !found.hasAttribute('data-outside-month')) as HTMLElement;
    await waitFor(() => { expect(day('4')).toHaveAttribute('data-disabled'); });
    await user.click(day('4'));
    expect(onchange).not.toHaveBeenCalled();
    await user.click(day('17'));
    expect(onchange).toHaveBeenCalledExactlyOnceWith('2026-09-17');
  });

  it.each(['', 'soon', '2026-13-40', '9'.repeat(9_999)])('shows a dash for what is no day (%#)', (value) => {
    draw(DayPicker, { label: 'As of', value, onchange: () => undefined });
    expect(screen.getByRole('button', { name: 'As of: –' })).toBeInTheDocument();
  });
});

describe('Field', () => {
  it('ties hint and error to the input', () => {
    draw(Field, { label: 'E-mail', hint: 'At work', error: 'No such address', value: 'kari' });
    const input = screen.getByRole('textbox', { name: 'E-mail' });
    expect(input).toHaveAccessibleDescription('At work No such address');
    expect(input).toBeInvalid();
  });

  it('is valid without an error', () => {
    draw(Field, { label: 'E-mail', value: '' });
    expect(screen.getByRole('textbox')).not.toHaveAttribute('aria-invalid');
  });
});

describe('PeriodPicker', () => {
  it('groups periods by year, oldest first inside a year', async () => {
    const onchange = vi.fn();
    const { user } = draw(PeriodPicker, { label: 'Period', value: '2026-Q3', periods: quarters, testid: 'period', onchange });
    await user.click(screen.getByTestId('period'));
    const options = await screen.findAllByTestId('period-option');
    expect(options.map(({ textContent }) => textContent)).toEqual(['Q1 2026', 'Q2 2026', 'Q3 2026', 'Q1 2025', 'Q2 2025', 'Q3 2025', 'Q4 2025']);
    expect(options[2]).toHaveAttribute('aria-pressed', 'true');
    options[2]?.focus();
    await user.keyboard('{ArrowRight}{Enter}');
    expect(onchange).toHaveBeenCalledExactlyOnceWith('2025-Q1');
  });
});

describe('RadioGroup', () => {
  it('is walked with arrow keys, past what is disabled', async () => {
    const onchange = vi.fn();
    const items = [{ value: 'a', label: 'A', hint: 'First' }, { value: 'b', label: 'B', disabled: true }, { value: 'c', label: 'C' }];
    const { user } = draw(RadioGroup, { label: 'Where', value: 'a', items, onchange });
    expect(screen.getByRole('radio', { name: 'A' })).toHaveAccessibleDescription('First');
    await user.click(screen.getByRole('radio', { name: 'C' }));
    expect(onchange).toHaveBeenCalledExactlyOnceWith('c');
    expect(screen.getByRole('radio', { name: 'B' })).toBeDisabled();
  });
});

describe('SearchField', () => {
  it('is cleared by Escape and by its button, and says how much is found', async () => {
    const oninput = vi.fn();
    const { user } = draw(SearchField, { label: 'Find', value: 'abc', found: 1, oninput });
    expect(screen.getByRole('status')).toHaveTextContent('1 result');
    await user.click(screen.getByRole('button', { name: 'Clear' }));
    screen.getByRole('searchbox').focus();
    await user.keyboard('{Escape}');
    expect(oninput.mock.calls).toEqual([[''], ['']]);
  });
});

describe('Segments', () => {
  it('tells the value that was pressed', async () => {
    const onchange = vi.fn();
    const { user } = draw(Segments, { label: 'Theme', value: 'light', items: [{ value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }], onchange });
    await user.click(screen.getByRole('radio', { name: 'Dark' }));
    expect(onchange).toHaveBeenCalledExactlyOnceWith('dark');
  });
});

describe('Setting', () => {
  it('has a heading, a hint and its control', () => {
    draw(SomeSettings);
    expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual(['Density', 'Single-key shortcuts']);
    expect(screen.getByRole('switch')).toBeChecked();
  });
});

describe('SettingGroup', () => {
  it('names what it holds', () => {
    draw(SettingGroup, { title: 'Keyboard', testid: 'group', children: text('Its settings.') });
    expect(screen.getByRole('heading', { level: 2 })).toHaveTextContent('Keyboard');
    expect(screen.getByTestId('group')).toHaveTextContent('Its settings.');
  });
});

describe('Slider', () => {
  it('reads its value out in words and tells numbers', async () => {
    const onchange = vi.fn();
    draw(Slider, { label: 'Opacity', value: 12, words: '12%', onchange });
    const slider = screen.getByRole('slider', { name: 'Opacity' });
    expect(slider).toHaveAttribute('aria-valuetext', '12%');
    await fireEvent.input(slider, { target: { value: '40' } });
    expect(onchange).toHaveBeenCalledExactlyOnceWith(40);
  });
});

describe('Switch', () => {
  it('turns by pointer and by Space', async () => {
    const onchange = vi.fn();
    const { user } = draw(Switch, { label: 'Keys', checked: true, bare: true, onchange });
    const turn = screen.getByRole('switch', { name: 'Keys' });
    await user.click(turn);
    turn.focus();
    await user.keyboard(' ');
    expect(onchange.mock.calls.map(([on]) => on as boolean)).toEqual([false, true]);
  });
});

describe('TextArea', () => {
  it('counts what people call characters, and marks what is too long', () => {
    draw(TextArea, { label: 'Note', value: '👩‍👩‍👧é', limit: 1, oninput: () => undefined });
    expect(screen.getByText('1 character too many')).toBeInTheDocument();
    expect(screen.getByRole('textbox')).toBeInvalid();
  });
});

describe('Timeline', () => {
  const moments = [{ at: 2, words: 'Board' }, { at: 7, words: 'Now' }];
  const args = { label: 'As of', density: [0, 3, 1, 0, 0, 9, 2, 4], moments, words: (at: number) => `Week ${at + 1}` };

  it('draws what happened, and tells the position in words', () => {
    const { stage } = draw(Timeline, { ...args, value: 3, onchange: () => undefined });
    expect(stage.querySelectorAll('rect')).toHaveLength(8);
    expect(stage.querySelectorAll('rect.past')).toHaveLength(4);
    expect(screen.getByRole('slider')).toHaveAttribute('aria-valuetext', 'Week 4');
  });

  it('goes to the next moment with a name, either way, and stays at the last', async () => {
    const onchange = vi.fn();
    const { user } = draw(Timeline, { ...args, value: 3, onchange });
    screen.getByRole('slider').focus();
    await user.keyboard('{PageUp}{PageDown}');
    await user.click(screen.getByRole('button', { name: 'Now' }));
    expect(onchange.mock.calls).toEqual([[7], [2], [7]]);
    cleanup();
    const stays = vi.fn();
    draw(Timeline, { ...args, value: 7, onchange: stays });
    screen.getByRole('slider').focus();
    await user.keyboard('{PageUp}');
    expect(stays).not.toHaveBeenCalled();
  });

  it('stands when nothing happened at all', () => {
    const { stage } = draw(Timeline, { ...args, density: [], moments: [], value: 0, onchange: () => undefined });
    expect(stage.querySelectorAll('rect')).toHaveLength(0);
    expect(screen.getByRole('slider')).toBeInTheDocument();
  });
});
