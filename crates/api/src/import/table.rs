//! The file: CSV (RFC 4180) in UTF-8, with or without a byte order mark, with a header, read record by record.

use std::fs::File;
use std::io::{self, BufReader, Bytes, Cursor, Read};
use std::iter::Peekable;
use std::path::PathBuf;
use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder};

/// Where the rows come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input. Can be opened once.
    StandardInput,
    /// A text in memory.
    Text(Arc<[u8]>),
}

impl Source {
    /// The same rows in a form that can be opened again: standard input is read to its end.
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn repeatable(self) -> Result<Self, String> {
        let Self::StandardInput = self else {
            return Ok(self);
        };
        let mut text = Vec::new();
        let read = io::stdin().read_to_end(&mut text);
        read.map_err(|error| format!("standard input: {error}"))?;
        Ok(Self::Text(text.into()))
    }

    fn open(&self) -> Result<Box<dyn Read + Send>, String> {
        Ok(match self {
            Self::File(path) => {
                Box::new(File::open(path).map_err(|error| format!("{}: {error}", path.display()))?)
            }
            Self::StandardInput => Box::new(io::stdin()),
            Self::Text(text) => Box::new(Cursor::new(Arc::clone(text))),
        })
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins, the file's first being 1.
    pub line: u64,
    /// Its cells, without the white space around them.
    pub cells: Vec<String>,
}

/// An open file, past its header.
pub struct Table {
    reader: csv::Reader<Lines<Box<dyn Read + Send>>>,
    record: ByteRecord,
    /// The column's headings.
    pub header: Vec<String>,
}

impl Table {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn open(source: &Source) -> Result<Self, String> {
        let lines = Lines::new(source.open()?);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(lines);
        let mut table = Self {
            reader,
            record: ByteRecord::new(),
            header: Vec::new(),
        };
        let header = table
            .read()?
            .ok_or("the file is empty: its first line must name the columns")?;
        table.header = header.cells;
        Ok(table)
    }

    /// The next record; blank lines are passed over.
    ///
    /// # Errors
    /// Says what cannot be read, and where.
    pub fn read(&mut self) -> Result<Option<Record>, String> {
        loop {
            let begins = self.reader.position().line();
            self.reader.get_mut().left = LONGEST;
            let more = self.reader.read_byte_record(&mut self.record);
            if !more.map_err(|error| format!("line {begins}: {error}"))? {
                return Ok(None);
            }
            if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            let ends = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count() as u64;
            // The reader stands behind the line's end; the record began as many lines before as it holds line ends.
            let line = self
                .reader
                .position()
                .line()
                .saturating_sub(1 + ends(self.record.as_slice()));
            if self.record.as_slice() == END.trim_ascii_end() {
                return Ok(None);
            }
            let last = self.record.iter().next_back();
            if let Some(open) = last.filter(|cell| cell.ends_with(END)) {
                // An open quote takes everything up to the end of the file into the last cell: no line ends behind it.
                let began = line + 1 + ends(self.record.as_slice()) - ends(open);
                return Err(format!("line {began}: the quote is not closed"));
            }
            let text = |cell: &[u8]| std::str::from_utf8(cell).map(|text| text.trim().to_owned());
            let cells: Result<Vec<String>, _> = self.record.iter().map(text).collect();
            let cells = cells.map_err(|_| {
                format!("line {line} is not UTF-8: save the file as UTF-8 and import it again")
            })?;
            return Ok(Some(Record { line, cells }));
        }
    }
}

/// How many bytes a record has at most, give or take what is read ahead: far more than its fields take, and nothing to hold.
const LONGEST: usize = 4_000_000;

/// A line of our own behind the last one: a record that holds more than it has a quote that is not closed. No text in UTF-8
/// holds these bytes.
const END: &[u8] = b"\xFF\xFF the end\n";

/// A text whose every line ends in a line feed alone, the last one too, so that lines can be counted, and then [`END`].
struct Lines<R: Read> {
    bytes: Peekable<Bytes<BufReader<R>>>,
    last: u8,
    end: std::slice::Iter<'static, u8>,
    /// How many more bytes the record may have.
    left: usize,
}

impl<R: Read> Lines<R> {
    fn new(inner: R) -> Self {
        Self {
            bytes: BufReader::new(inner).bytes().peekable(),
            last: b'\n',
            end: END.iter(),
            left: LONGEST,
        }
    }

    fn next(&mut self) -> io::Result<Option<u8>> {
        let next = match self.bytes.next().transpose()? {
            Some(b'\r') => {
                self.bytes.next_if(|next| matches!(next, Ok(b'\n')));
                Some(b'\n')
            }
            None if self.last != b'\n' && self.end.len() == END.len() => Some(b'\n'),
            None => self.end.next().copied(),
            next => next,
        };
        self.last = next.unwrap_or(b'\n');
        Ok(next)
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        for place in buffer {
            if self.left == 0 {
                let reason = "this row has no end within four million bytes; is there a quote that is not closed?";
                return Err(io::Error::other(reason));
            }
            let Some(byte) = self.next()? else { break };
            self.left -= 1;
            *place = byte;
            filled += 1;
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(u64, Vec<String>)> {
        let mut table = Table::open(&Source::Text(text.into())).expect("a header");
        let records = std::iter::from_fn(|| table.read().expect("a record"));
        records.map(|record| (record.line, record.cells)).collect()
    }

    #[test]
    fn a_line_ends_in_whatever_ends_a_line_anywhere() {
        let expected = lines(b"a,b\n1,2\n3,4\n");
        for end in ["\r", "\r\n"] {
            let text = ["a,b", "1,2", "3,4", ""].join(end);
            assert_eq!(lines(text.as_bytes()), expected, "{end:?}");
        }
        assert_eq!(lines(b"a,b\r1,2\n3,4"), expected);
    }

    #[test]
    fn a_record_knows_its_line() {
        let record = |line, cells: [&str; 2]| (line, cells.map(str::to_owned).to_vec());
        let expected = vec![
            record(2, ["1", "x"]),
            record(5, ["2", "two\nlines"]),
            record(8, ["3, 3", "a \"b\""]),
            record(9, ["4", ""]),
        ];
        let text = "\u{feff}a,b\n1, x \n\n\n2,\"two\nlines \n\"\n\"3, 3\",\"a \"\"b\"\"\"\n4,";
        assert_eq!(lines(text.as_bytes()), expected);
        assert_eq!(lines(text.replace('\n', "\r\n").as_bytes()), expected);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_refused_with_its_line() {
        for (text, good, line) in [
            ("a,b\n1,2\n\"3,4\n5,6\n", 1, 3),
            ("a,b\n\"1\n1\",\"2\n", 0, 3),
            ("a,b\n1,2\n3,\"", 1, 3),
            ("\"a,b\n1,2", 0, 1),
        ] {
            let (mut read, mut reason) = (0, None);
            match Table::open(&Source::Text(text.as_bytes().into())) {
                Err(error) => reason = Some(error),
                Ok(mut table) => {
                    while reason.is_none() {
                        match table.read() {
                            Ok(Some(_)) => read += 1,
                            Ok(None) => break,
                            Err(error) => reason = Some(error),
                        }
                    }
                }
            }
            let expected = format!("line {line}: the quote is not closed");
            assert_eq!((read, reason), (good, Some(expected)), "{text}");
        }
    }

    #[test]
    fn a_record_without_an_end_is_not_read_to_the_end() {
        let text = format!("a,b\n\"1\n1\",2\n\"{}", "x\n".repeat(LONGEST));
        let mut table = Table::open(&Source::Text(text.into_bytes().into())).expect("a header");
        assert!(table.read().is_ok());
        let reason = table.read().expect_err("no end");
        assert!(
            reason.starts_with("line 4: this row has no end"),
            "{reason}"
        );
        // Many records may be longer together.
        let row = format!("{}\n", "x".repeat(LONGEST / 3));
        assert_eq!(lines(row.repeat(8).as_bytes()).len(), 7);
    }

    #[test]
    fn another_encoding_is_refused_with_its_line() {
        let mut table =
            Table::open(&Source::Text((*b"name\nA\n\xce\xf7\n").into())).expect("a header");
        assert!(table.read().is_ok());
        assert!(
            table
                .read()
                .expect_err("GBK")
                .starts_with("line 3 is not UTF-8")
        );
    }
}
