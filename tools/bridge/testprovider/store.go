package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// store holds an object a file, FOLDER/KIND-ID.json. It refuses what a cloud refuses: objects that name others which
// are not there, and the deletion of what others name. A file FOLDER/refuse holds "KIND WORDS" of a failure to give.
type store struct{ folder, project string }

func (s *store) path(kind, id string) string { return filepath.Join(s.folder, kind+"-"+id+".json") }

func (s *store) create(kind string, object map[string]any) (string, error) {
	if said, err := os.ReadFile(filepath.Join(s.folder, "refuse")); err == nil {
		if of, words, _ := strings.Cut(strings.TrimSpace(string(said)), " "); of == kind {
			return "", errors.New(words)
		}
	}
	if err := s.namesThatAreThere(object); err != nil {
		return "", err
	}
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	id := hex.EncodeToString(random)
	object["owner"] = s.project
	return id, s.save(kind, id, object)
}

func (s *store) write(kind, id string, object map[string]any) error {
	if err := s.namesThatAreThere(object); err != nil {
		return err
	}
	return s.save(kind, id, object)
}

func (s *store) save(kind, id string, object map[string]any) error {
	content, err := json.Marshal(object)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return err
	}
	unfinished := filepath.Join(s.folder, "."+id)
	if err := os.WriteFile(unfinished, content, 0o600); err != nil {
		return err
	}
	return os.Rename(unfinished, s.path(kind, id))
}

// read gives nil for an object that is not there.
func (s *store) read(kind, id string) (map[string]any, error) {
	content, err := os.ReadFile(s.path(kind, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	object := map[string]any{}
	return object, json.Unmarshal(content, &object)
}

func (s *store) remove(kind, id string) error {
	files, err := filepath.Glob(filepath.Join(s.folder, "*-*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) { // deleted beside us
			continue
		}
		if err != nil {
			return err
		}
		if strings.Contains(string(content), `"`+id+`"`) {
			return fmt.Errorf("%s %s is in use by %s", kind, id, filepath.Base(file))
		}
	}
	if err := os.Remove(s.path(kind, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *store) namesThatAreThere(object map[string]any) error {
	for _, id := range named(object) {
		found, err := filepath.Glob(filepath.Join(s.folder, "*-"+id+".json"))
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("%s is not there", id)
		}
	}
	return nil
}

// named lists the ids of other objects that stand in fields ..._id and ..._ids, at any depth.
func named(value any) []string {
	found := []string{}
	switch value := value.(type) {
	case map[string]any:
		for name, held := range value {
			if id, isText := held.(string); isText && strings.HasSuffix(name, "_id") && id != "" && name != "user_id" {
				found = append(found, id)
			} else if ids, isList := held.([]any); isList && strings.HasSuffix(name, "_ids") {
				for _, id := range ids {
					found = append(found, id.(string))
				}
			} else {
				found = append(found, named(held)...)
			}
		}
	case []any:
		for _, held := range value {
			found = append(found, named(held)...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
