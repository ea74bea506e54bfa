// The document that a section may be, for the editor: the same blocks and marks that the core reads, and nothing else. What
// is pasted comes in as plain words, so nothing foreign and no markup can enter.
import { Mark, Node, type AnyExtension, type JSONContent } from '@tiptap/core';
import Bold from '@tiptap/extension-bold';
import Document from '@tiptap/extension-document';
import Heading from '@tiptap/extension-heading';
import Italic from '@tiptap/extension-italic';
import { BulletList, ListItem, ListKeymap, OrderedList } from '@tiptap/extension-list';
import Paragraph from '@tiptap/extension-paragraph';
import Text from '@tiptap/extension-text';
import { Placeholder, UndoRedo } from '@tiptap/extensions';
import { Plugin } from '@tiptap/pm/state';
import type { Slice } from '@tiptap/pm/model';
import type { doc } from '../bindings/doc';
import type { Inline } from '../bindings/Inline';
import type { Mark as WrittenMark } from '../bindings/Mark';
import type { NarrativeBlock } from '../bindings/NarrativeBlock';

/** How a figure reads in the text. */
export type Shown = (figure: string) => { name: string; value: string };

const Citation = Mark.create({
  name: 'citation',
  inclusive: false,
  addAttributes: () => ({ evidence: { default: '' } }),
  renderHTML: ({ HTMLAttributes }) => ['span', { class: 'cited', title: String(HTMLAttributes.evidence) }, 0],
});

const Figure = (shown: Shown) =>
  Node.create({
    name: 'figure',
    group: 'inline',
    inline: true,
    atom: true,
    addAttributes: () => ({ figure: { default: '' } }),
    renderText: ({ node }) => shown(String(node.attrs.figure)).value,
    renderHTML: ({ node }) => {
      const { name, value } = shown(String(node.attrs.figure));
      return ['span', { class: 'figure-reference', title: name }, value];
    },
  });

/** Lists hold paragraphs and lists; headings stand at the top level only. */
const Item = ListItem.extend({ content: 'paragraph (paragraph | bulletList | orderedList)*' });

/** Copies keep their citations and figures inside the editor; anything else arrives as plain words. */
const PlainPaste = Node.create({
  name: 'plainPaste',
  addProseMirrorPlugins() {
    let copied: { words: string; slice: Slice } | null = null;
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            copy: (view) => { copied = { words: '', slice: view.state.selection.content() }; return false; },
            cut: (view) => { copied = { words: '', slice: view.state.selection.content() }; return false; },
            paste(view, event) {
              event.preventDefault();
              const words = event.clipboardData?.getData('text/plain') ?? '';
              const own = copied?.slice.content.textBetween(0, copied.slice.content.size, '\n\n', ({ attrs }) => String(attrs.figure ?? ''));
              if (copied && own !== undefined && same(words, own)) view.dispatch(view.state.tr.replaceSelection(copied.slice).scrollIntoView());
              else view.pasteText(words);
              return true;
            },
            drop(view, event) {
              if (view.dragging) return false;
              event.preventDefault();
              const words = event.dataTransfer?.getData('text/plain') ?? '';
              const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
              if (at && words !== '') view.dispatch(view.state.tr.insertText(words, at.pos));
              return true;
            },
          },
        },
      }),
    ];
  },
});

/** Figures read as their value in the clipboard, so only the words around them are compared. */
const same = (pasted: string, own: string): boolean => {
  const bare = (text: string) => text.replace(/[^\p{L}]+/gu, '');
  return bare(own) !== '' && bare(pasted).includes(bare(own).slice(0, 40));
};

/** What the editor knows. */
export const extensions = (shown: Shown, placeholder: string): AnyExtension[] => [
  Document, Paragraph, Text, Bold, Italic, BulletList, OrderedList, Item, ListKeymap, UndoRedo, Citation, Figure(shown), PlainPaste,
  Heading.configure({ levels: [1, 2, 3] }),
  Placeholder.configure({ placeholder }),
];

/** The editor's document as the core reads it: without empty paragraphs at its end and without attributes it does not know. */
export function written(content: JSONContent): doc {
  const blocks = (content.content ?? []).flatMap(block);
  while (blocks.length > 0) {
    const last = blocks[blocks.length - 1];
    if (last?.type !== 'paragraph' || last.content.length > 0) break;
    blocks.pop();
  }
  return { type: 'doc', content: blocks };
}

function block({ type, attrs, content }: JSONContent): NarrativeBlock[] {
  switch (type) {
    case 'paragraph':
      return [{ type, content: (content ?? []).flatMap(run) }];
    case 'heading':
      return [{ type, attrs: { level: Number(attrs?.level ?? 1) }, content: (content ?? []).flatMap(run) }];
    case 'bulletList':
    case 'orderedList':
      return [{ type, content: (content ?? []).map((item) => ({ type: 'listItem', content: (item.content ?? []).flatMap(block) })) }];
    default:
      return [];
  }
}

function run({ type, text, attrs, marks }: JSONContent): Inline[] {
  if (type === 'figure') return [{ type, attrs: { figure: String(attrs?.figure) } }];
  if (type !== 'text' || text === undefined) return [];
  const kept = (marks ?? []).flatMap((mark): WrittenMark[] =>
    mark.type === 'bold' || mark.type === 'italic' ? [{ type: mark.type }]
    : mark.type === 'citation' ? [{ type: 'citation', attrs: { evidence: String(mark.attrs?.evidence) } }]
    : [],
  );
  return [{ type: 'text', text, ...(kept.length > 0 && { marks: kept }) }];
}
